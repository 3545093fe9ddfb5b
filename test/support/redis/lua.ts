import luaparse, {
  type AssignmentStatement,
  type ForNumericStatement,
  type FunctionDeclaration,
  type IfStatement,
  type LocalStatement,
  type Statement,
} from 'luaparse';
import { LuaError, NotEvaluatedError } from './errors.ts';
import { compileCall, compileExpression, compileList, type Evaluate, tableIn } from './lua-expressions.ts';
import { type Frame, frameAt, Scope } from './lua-scope.ts';
import { isTrue, type LuaFunction, type LuaValue } from './lua-values.ts';

/** What it returns, where it is a `return` or has one in it. */
type Run = (frame: Frame) => readonly LuaValue[] | undefined;

/**
 * A script of Lua 5.1, compiled to closures: as much of the language as the scripts of this project use, each script as
 * often as it likes and in microseconds. What it does not know it refuses before anything runs.
 *
 * @param globals The names that it may use; their values come with each run.
 * @throws NotEvaluatedError for what is not known here; SyntaxError for what is no Lua.
 */
export function compile(
  text: string,
  globals: readonly string[],
): (values: readonly LuaValue[]) => readonly LuaValue[] {
  const { body } = luaparse.parse(text, {
    luaVersion: '5.1',
    comments: false,
    encodingMode: 'pseudo-latin1',
  });
  const outermost = new Scope();
  for (const name of globals) outermost.declare(name);
  const run = compileBlock(body, new Scope(outermost));
  return (values) => {
    const outer: Frame = { slots: [...values], outer: undefined, rest: [] };
    return run({ slots: [], outer, rest: [] }) ?? [];
  };
}

function compileBlock(body: readonly Statement[], scope: Scope): Run {
  const statements = scope.inBlock(() => body.map((statement) => compileStatement(statement, scope)));
  return (frame) => {
    for (const run of statements) {
      const returned = run(frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  };
}

function compileStatement(node: Statement, scope: Scope): Run {
  switch (node.type) {
    case 'LocalStatement':
      return local(node, scope);
    case 'AssignmentStatement':
      return assignment(node, scope);
    case 'CallStatement': {
      if (node.expression.type !== 'CallExpression') throw new NotEvaluatedError(`a ${node.expression.type}`);
      const call = compileCall(node.expression, scope);
      return (frame) => {
        call(frame);
        return undefined;
      };
    }
    case 'FunctionDeclaration':
      return localFunction(node, scope);
    case 'IfStatement':
      return choice(node, scope);
    case 'ForNumericStatement':
      return loop(node, scope);
    case 'ReturnStatement':
      return compileList(node.arguments, scope);
    default:
      throw new NotEvaluatedError(`a ${node.type}`);
  }
}

function local({ variables, init }: LocalStatement, scope: Scope): Run {
  const values = compileList(init, scope);
  const slots = variables.map(({ name }) => scope.declare(name));
  return (frame) => {
    const given = values(frame);
    for (const [index, slot] of slots.entries()) frame.slots[slot] = given[index];
  };
}

function assignment({ variables, init }: AssignmentStatement, scope: Scope): Run {
  const [target, second] = variables;
  const [value, more] = init.map((node) => compileExpression(node, scope));
  if (target === undefined || value === undefined || second || more) {
    throw new NotEvaluatedError('assignments of several values');
  }
  if (target.type === 'Identifier') {
    const place = scope.find(target.name);
    if (place === undefined || place.isGlobal) {
      throw new NotEvaluatedError(`an assignment to the global variable ${target.name}`);
    }
    const { depth, slot } = place;
    return (frame) => {
      frameAt(frame, depth).slots[slot] = value(frame);
    };
  }
  if (target.type !== 'IndexExpression') throw new NotEvaluatedError(`an assignment to a ${target.type}`);
  const base = compileExpression(target.base, scope);
  const index = compileExpression(target.index, scope);
  return (frame) => {
    tableIn(base(frame)).set(index(frame), value(frame));
    return undefined;
  };
}

function localFunction({ identifier, isLocal, parameters, body }: FunctionDeclaration, scope: Scope): Run {
  if (identifier?.type !== 'Identifier' || !isLocal)
    throw new NotEvaluatedError('functions that are not local');
  // Each turn of a loop would have variables of its own for it.
  if (scope.isInLoop) throw new NotEvaluatedError('functions in loops');
  const slot = scope.declare(identifier.name);
  const inner = new Scope(scope);
  const names = parameters.flatMap((parameter) => (parameter.type === 'Identifier' ? [parameter.name] : []));
  for (const name of names) inner.declare(name);
  const run = compileBlock(body, inner);
  return (frame) => {
    const called: LuaFunction = (...values) => {
      const slots = values.slice(0, names.length);
      return run({ slots, outer: frame, rest: values.slice(names.length) }) ?? [];
    };
    frame.slots[slot] = called;
  };
}

function choice({ clauses }: IfStatement, scope: Scope): Run {
  const compiled = clauses.map((clause) => {
    const isMet: Evaluate =
      clause.type === 'ElseClause' ? () => true : compileExpression(clause.condition, scope);
    return { isMet, run: compileBlock(clause.body, scope) };
  });
  return (frame) => compiled.find(({ isMet }) => isTrue(isMet(frame)))?.run(frame);
}

function loop({ variable, start, end, step, body }: ForNumericStatement, scope: Scope): Run {
  const compileNumber = (node: typeof start | null, name: string) => {
    const value = node === null ? () => 1 : compileExpression(node, scope);
    return (frame: Frame) => {
      const number = value(frame);
      if (typeof number === 'number') return number;
      if (typeof number === 'string') throw new NotEvaluatedError('texts that loops count by');
      throw new LuaError(`'for' ${name} must be a number`);
    };
  };
  const [from, to, by] = [
    compileNumber(start, 'initial value'),
    compileNumber(end, 'limit'),
    compileNumber(step, 'step'),
  ];
  const wasInLoop = scope.isInLoop;
  scope.isInLoop = true;
  const { slot, run } = scope.inBlock(() => ({
    slot: scope.declare(variable.name),
    run: compileBlock(body, scope),
  }));
  scope.isInLoop = wasInLoop;
  return (frame) => {
    const [first, limit, each] = [from(frame), to(frame), by(frame)];
    if (each <= 0) throw new NotEvaluatedError('loops that do not count up');
    for (let count = first; count <= limit; count += each) {
      frame.slots[slot] = count;
      const returned = run(frame);
      if (returned !== undefined) return returned;
    }
    return undefined;
  };
}
