import { type Environment, Interpreter } from '@huggingface/jinja';
import { type Args, growth, methodGrowth, unitsPerEntry, type Value } from './growth.js';

/**
 * Units that what a run makes may have together: UTF-16 units of texts, and for an entry of a list what it takes in memory.
 * Templates of models look at each message some ten times.
 */
const freeUnits = 16 * 1024 * 1024;
const unitsPerGiven = 64;
const perEntry = 8;

/**
 * Carries out a template that must stop long before memory does: a thread that asks for one large piece where little is left ends the
 * whole process. `given`: UTF-16 units of what it is given. Its `run` throws RangeError where it makes too much.
 */
export function boundedInterpreter(environment: Environment, given: number): Interpreter {
  return new BoundedInterpreter(environment, freeUnits + unitsPerGiven * given);
}

interface Node {
  readonly type: string;
}
/** An argument, a name, or a call: what the parser makes of a template, as far as it is looked at here. */
interface Parsed extends Node {
  readonly object?: Parsed;
  readonly operand?: Parsed;
  readonly filter?: Parsed;
  readonly callee?: Parsed;
  readonly args?: readonly Parsed[];
  readonly argument?: Parsed;
  readonly key?: Parsed;
  readonly value?: unknown;
  readonly body?: readonly Parsed[];
  readonly alternate?: readonly Parsed[];
  readonly defaultBlock?: readonly Parsed[];
}

/** Stands in a template for what was evaluated already. */
class Given implements Node {
  readonly type = 'Given';
  readonly made: Value;

  constructor(made: Value) {
    this.made = made;
  }
}

interface Method {
  value: (args: Value[], scope: Environment) => Value;
}

class BoundedInterpreter extends Interpreter {
  readonly #most: number;
  #left: number;
  /** What a list or an object comes to as text: neither changes. Namespaces do, and what holds one. */
  readonly #weights = new WeakMap<Value, number>();
  /** Statements whose value is written, and those of which something is asked by name. */
  readonly #written = new WeakSet<Node>();
  readonly #receivers = new WeakSet<Node>();
  readonly #known = new WeakSet<Node>();
  readonly #watched = new WeakSet<Value>();

  constructor(environment: Environment, most: number) {
    super(environment);
    this.#most = most;
    this.#left = most;
  }

  override evaluate(...[statement, environment]: Parameters<Interpreter['evaluate']>): Value {
    if (statement === undefined) return super.evaluate(statement, environment);
    if (statement instanceof Given) return statement.made;
    const made = this.#made(statement, environment);
    const { value }: { value: unknown } = made;
    this.#left -= 1;
    if (typeof value === 'string') this.#left -= value.length;
    else if (Array.isArray(value)) this.#left -= value.length * unitsPerEntry;
    // A list that holds the same one twice, and that one another, is small itself and endless as text.
    const { weight } = this.#weigh(made, this.#most);
    if (typeof value !== 'string' && this.#written.has(statement)) this.#left -= weight;
    if (this.#left < 0 || weight > this.#most) refuse();
    if (typeof value === 'string' && this.#receivers.has(statement)) this.#watch(made);
    return made;
  }

  #made(statement: Parsed, environment: Environment): Value {
    this.#know(statement);
    const { type, operand, filter, body } = statement;
    if (type === 'FilterExpression' && operand && filter && growth.has(nameOf(filter)))
      return this.#filtered(this.evaluate(operand, environment), filter, environment);
    if (type === 'FilterStatement' && body && filter)
      return this.#filtered(this.evaluate(program(body), environment), filter, environment);
    return super.evaluate(statement, environment);
  }

  #know(statement: Parsed): void {
    if (this.#known.has(statement)) return;
    this.#known.add(statement);
    const { object, body = [], alternate = [], defaultBlock = [] } = statement;
    if (object) this.#receivers.add(object);
    for (const written of [...body, ...alternate, ...defaultBlock]) this.#written.add(written);
  }

  /** Looks at what a filter would make before it makes it. */
  #filtered(operand: Value, filter: Parsed, environment: Environment): Value {
    const { args, nodes } = this.#args(filter.args ?? [], environment);
    this.#allow(growth.get(nameOf(filter))?.(operand, args));
    const called = filter.type === 'CallExpression' ? { ...filter, args: nodes } : filter;
    return super.evaluate(
      { type: 'FilterExpression', operand: new Given(operand), filter: called } as Node,
      environment,
    );
  }

  /** Arguments in the order in which they are evaluated: those by name last. */
  #args(given: readonly Parsed[], environment: Environment): { args: Args; nodes: Node[] } {
    const positional: Value[] = [];
    const named = new Map<string, Value>();
    const nodes: Node[] = [...given];
    const evaluated = (node: unknown) => {
      const made = this.evaluate(node as Parsed, environment);
      const inside: unknown = made.value;
      return { made, inside, node: new Given(made) };
    };
    for (const [at, node] of given.entries()) {
      if (node.type.startsWith('Keyword')) continue;
      const spread = node.type === 'SpreadExpression';
      const one = evaluated(spread ? node.argument : node);
      nodes[at] = spread ? ({ ...node, argument: one.node } as Node) : one.node;
      for (const each of spread && Array.isArray(one.inside) ? one.inside : [one.made]) positional.push(each);
    }
    for (const [at, node] of given.entries()) {
      if (!node.type.startsWith('Keyword')) continue;
      const spread = node.type === 'KeywordSpreadExpression';
      const one = evaluated(spread ? node.argument : node.value);
      nodes[at] = { ...node, [spread ? 'argument' : 'value']: one.node } as Node;
      if (!spread) named.set(String(node.key?.value), one.made);
      else for (const [key, each] of one.inside instanceof Map ? one.inside : []) named.set(key, each);
    }
    return { args: { positional, named }, nodes };
  }

  /** The same of what may be called on a text. */
  #watch(text: Value): void {
    if (this.#watched.has(text)) return;
    this.#watched.add(text);
    for (const [name, units] of methodGrowth) {
      const method = text.builtins.get(name) as unknown as Method;
      const run = method.value;
      method.value = (args, scope) => {
        this.#allow(units(text, args));
        return run(args, scope);
      };
    }
  }

  #allow(units = 0): void {
    if (units > this.#left) refuse();
  }

  #weigh(of: Value, most: number): { weight: number; fixed: boolean } {
    const { type, value } = of as { type: string; value: unknown };
    if (typeof value === 'string') return { weight: value.length, fixed: true };
    if (!Array.isArray(value) && !(value instanceof Map)) return { weight: perEntry, fixed: true };
    const known = this.#weights.get(of);
    if (known !== undefined) return { weight: known, fixed: true };
    let weight = perEntry;
    let fixed = type !== 'NamespaceValue';
    for (const entry of value.values() as Iterable<Value>) {
      const inner = this.#weigh(entry, most - weight);
      weight += perEntry + inner.weight;
      fixed &&= inner.fixed;
      if (weight > most) break;
    }
    if (fixed) this.#weights.set(of, weight);
    return { weight, fixed };
  }
}

function refuse(): never {
  throw new RangeError('it makes more text of the row than a template may');
}

function nameOf(filter: Parsed): string {
  return String((filter.callee ?? filter).value);
}

function program(body: readonly Parsed[]): Parsed {
  return { type: 'Program', body };
}
