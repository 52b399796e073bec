import { type Environment, Interpreter } from '@huggingface/jinja';

type Value = ReturnType<Interpreter['evaluate']>;

/**
 * Units that what a run makes may have together: UTF-16 units of texts, and for an entry of a list what it takes in memory.
 * Templates of models look at each message some ten times.
 */
const freeUnits = 16 * 1024 * 1024;
const unitsPerGiven = 64;
const unitsPerEntry = 16;
const perEntry = 8;

/**
 * Carries out a template that must stop long before memory does: a thread that asks for one large piece where little is left ends the
 * whole process. `given`: UTF-16 units of what it is given. Its `run` throws RangeError where it makes too much.
 */
export function boundedInterpreter(environment: Environment, given: number): Interpreter {
  return new BoundedInterpreter(environment, freeUnits + unitsPerGiven * given);
}

class BoundedInterpreter extends Interpreter {
  readonly #most: number;
  #left: number;
  /** What a list or an object comes to as text: neither changes. Namespaces do, and what holds one. */
  readonly #weights = new WeakMap<Value, number>();

  constructor(environment: Environment, most: number) {
    super(environment);
    this.#most = most;
    this.#left = most;
  }

  override evaluate(...given: Parameters<Interpreter['evaluate']>): Value {
    const made = super.evaluate(...given);
    const { value }: { value: unknown } = made;
    this.#left -= 1;
    if (typeof value === 'string') this.#left -= value.length;
    else if (Array.isArray(value)) this.#left -= value.length * unitsPerEntry;
    // A list that holds the same one twice, and that one another, is small itself and endless as text.
    if (this.#left < 0 || this.#weigh(made, this.#most).weight > this.#most)
      throw new RangeError('it makes more text of the row than a template may');
    return made;
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
