import type {
  BinaryExpression,
  CallExpression,
  Expression,
  LogicalExpression,
  TableConstructorExpression,
  UnaryExpression,
} from 'luaparse';
import { LuaError, NotEvaluatedError } from './errors.ts';
import { type Frame, frameAt, type Scope } from './lua-scope.ts';
import { isTrue, LuaTable, type LuaValue, numberOf, typeOf } from './lua-values.ts';

export type Evaluate = (frame: Frame) => LuaValue;
type EvaluateAll = (frame: Frame) => readonly LuaValue[];

/** @throws NotEvaluatedError for what the scripts of this project have no use for. */
export function compileExpression(node: Expression, scope: Scope): Evaluate {
  switch (node.type) {
    case 'StringLiteral':
    case 'NumericLiteral':
    case 'BooleanLiteral': {
      const { value } = node;
      return () => value;
    }
    case 'NilLiteral':
      return () => undefined;
    case 'VarargLiteral':
      return ({ rest }) => rest[0];
    case 'Identifier': {
      const place = scope.find(node.name);
      if (place === undefined) throw new NotEvaluatedError(`the global variable ${node.name}`);
      const { depth, slot } = place;
      return (frame) => frameAt(frame, depth).slots[slot];
    }
    case 'MemberExpression': {
      if (node.indexer !== '.') throw new NotEvaluatedError('methods');
      const { name } = node.identifier;
      return indexed(compileExpression(node.base, scope), () => name);
    }
    case 'IndexExpression':
      return indexed(compileExpression(node.base, scope), compileExpression(node.index, scope));
    case 'CallExpression': {
      const call = compileCall(node, scope);
      return (frame) => call(frame)[0];
    }
    case 'TableConstructorExpression':
      return tableConstructor(node, scope);
    case 'LogicalExpression':
      return logical(node, scope);
    case 'BinaryExpression':
      return binary(node, scope);
    case 'UnaryExpression':
      return unary(node, scope);
    default:
      throw new NotEvaluatedError(`a ${node.type}`);
  }
}

export function compileCall({ base, arguments: given }: CallExpression, scope: Scope): EvaluateAll {
  const callee = compileExpression(base, scope);
  const list = compileList(given, scope);
  return (frame) => {
    const called = callee(frame);
    if (typeof called !== 'function') throw new LuaError(`attempt to call a ${typeOf(called)} value`);
    return called(...list(frame));
  };
}

/** Values in turn: of the last one all that it gives, of the others the first. */
export function compileList(nodes: readonly Expression[], scope: Scope): EvaluateAll {
  const last = nodes.at(-1);
  const isOpen = last?.type === 'CallExpression' || last?.type === 'VarargLiteral';
  const single = (isOpen ? nodes.slice(0, -1) : nodes).map((node) => compileExpression(node, scope));
  const rest: EvaluateAll =
    last?.type === 'CallExpression' ? compileCall(last, scope) : ({ rest }) => (isOpen ? rest : []);
  return (frame) => [...single.map((evaluate) => evaluate(frame)), ...rest(frame)];
}

function indexed(base: Evaluate, index: Evaluate): Evaluate {
  return (frame) => tableIn(base(frame)).get(index(frame));
}

/** @throws LuaError for what has no members. */
export function tableIn(value: LuaValue): LuaTable {
  if (value instanceof LuaTable) return value;
  if (typeof value === 'string') throw new NotEvaluatedError('members of texts');
  throw new LuaError(`attempt to index a ${typeOf(value)} value`);
}

function tableConstructor({ fields }: TableConstructorExpression, scope: Scope): Evaluate {
  const values = fields.map((field) => {
    if (field.type !== 'TableValue') throw new NotEvaluatedError('a table with names');
    return field.value;
  });
  const list = compileList(values, scope);
  return (frame) => LuaTable.of(list(frame));
}

function logical({ operator, left, right }: LogicalExpression, scope: Scope): Evaluate {
  const first = compileExpression(left, scope);
  const second = compileExpression(right, scope);
  const goesOn = operator === 'and';
  return (frame) => {
    const value = first(frame);
    return isTrue(value) === goesOn ? second(frame) : value;
  };
}

function unary({ operator, argument }: UnaryExpression, scope: Scope): Evaluate {
  const value = compileExpression(argument, scope);
  if (operator === 'not') return (frame) => !isTrue(value(frame));
  if (operator === '-') return (frame) => -operand(value(frame));
  if (operator === '#') return (frame) => tableIn(value(frame)).length;
  throw new NotEvaluatedError(`the operator ${operator}`);
}

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};
const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function binary({ operator, left, right }: BinaryExpression, scope: Scope): Evaluate {
  const first = compileExpression(left, scope);
  const second = compileExpression(right, scope);
  if (operator === '==') return (frame) => first(frame) === second(frame);
  if (operator === '~=') return (frame) => first(frame) !== second(frame);
  const calculate = arithmetic[operator];
  if (calculate !== undefined) return (frame) => calculate(operand(first(frame)), operand(second(frame)));
  const compare = comparisons[operator];
  if (compare === undefined) throw new NotEvaluatedError(`the operator ${operator}`);
  return (frame) => {
    const [a, b] = [first(frame), second(frame)];
    if (typeof a === 'number' && typeof b === 'number') return compare(a, b);
    if (typeof a === 'string' && typeof b === 'string') throw new NotEvaluatedError('the order of texts');
    throw new LuaError(`attempt to compare ${typeOf(a)} with ${typeOf(b)}`);
  };
}

/** Arithmetic reads a text as a number; comparisons do not. */
function operand(value: LuaValue): number {
  const number = numberOf(value);
  if (number === undefined) throw new LuaError(`attempt to perform arithmetic on a ${typeOf(value)} value`);
  return number;
}
