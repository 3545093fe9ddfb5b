import ts from 'typescript';

/** One call of a function that other files can reach. */
export interface Call {
  /** From the root of the repository. */
  readonly file: string;
  readonly name: string;
}

/**
 * The same source, each of whose reachable functions first calls `enter(file, name)`, a global function.
 *
 * Reachable are exported functions, constructors, methods and getters that are not private, and functions that an object
 * holds under a name. Private helpers and callbacks count as part of the function that has them: they lead to no other
 * file by themselves.
 */
export function instrument(file: string, source: string, enter: string): string {
  const inserted: { readonly at: number; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    const name = reachableName(node);
    if (name !== undefined) {
      const body = (node as ts.FunctionLikeDeclaration).body as ts.Node;
      const call = `${enter}(${JSON.stringify(file)}, ${JSON.stringify(name)})`;
      if (ts.isBlock(body)) inserted.push({ at: body.getStart() + 1, text: `${call};` });
      else inserted.push({ at: body.getStart(), text: `(${call}, ` }, { at: body.getEnd(), text: ')' });
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  let instrumented = source;
  for (const { at, text } of inserted.toSorted((one, other) => other.at - one.at)) {
    instrumented = instrumented.slice(0, at) + text + instrumented.slice(at);
  }
  return instrumented;
}

/** @returns `undefined` for what is no function, has no body, or that no other file can call. */
function reachableName(node: ts.Node): string | undefined {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
  if (ts.isConstructorDeclaration(node)) return `new ${node.parent.name?.text ?? ''}`;
  if (ts.isFunctionDeclaration(node)) return isExported(node) ? node.name?.text : undefined;
  const named = ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
  if (ts.isVariableDeclaration(named)) {
    return isExported(named.parent.parent as ts.VariableStatement) ? named.name.getText() : undefined;
  }
  if (ts.isPropertyAssignment(named) || ts.isClassElement(named) || ts.isObjectLiteralElement(named)) {
    const name = named.name?.getText();
    return name?.startsWith('#') ? undefined : name;
  }
  return undefined;
}

function isExported({ modifiers }: ts.FunctionDeclaration | ts.VariableStatement): boolean {
  return modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;
}
