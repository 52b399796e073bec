import type { Domain } from '../domains/domain.js';
import { idField } from '../domains/domain.js';
import type { Field } from '../domains/schema.js';
import { type Random, random } from '../random.js';
import { cities, companies, countries, person } from './names.js';

export type Value = string | number | boolean;
export type Row = { readonly [field: string]: Value };

/** What a domain's tools run on: rows that are the same for the same domain and number. */
export interface World {
  number: number;
  /** `2026-03-02` */
  today: string;
  rows: Map<string, readonly Row[]>;
  /** The same by tenant, of entities that have one. */
  ofTenant: Map<string, Map<Value, readonly Row[]>>;
}

/** A Monday; each world is some days further on. */
const firstDay = Date.UTC(2026, 0, 5);
const day = 86_400_000;
/** Moments are on the half hour, between 7 and 19 o'clock UTC. */
const halfHours = 24;

const dateAfter = (today: string, days: number): string =>
  new Date(Date.parse(today) + days * day).toISOString().slice(0, 10);

export function worldOf(domain: Domain, number: number): World {
  const today = new Date(firstDay + number * 5 * day).toISOString().slice(0, 10);
  const rows = new Map<string, Row[]>();
  for (const entity of inOrder(domain)) {
    const dice = random('world', domain.id, number, entity);
    const { rows: count, fields, id } = domain.file.entities[entity] as Domain['file']['entities'][string];
    const made: Row[] = [];
    const used = new Map<string, Set<Value>>();
    for (let index = 1; index <= count; index += 1) {
      const row: Record<string, Value> = { [idField(entity)]: idOf(id, index) };
      const ofTenant = tenantFieldOf(domain, entity);
      // Whose a row is comes first: what it refers to is of the same tenant, where that has one.
      for (const [key, field] of Object.entries(fields).toSorted(
        ([a], [b]) => Number(b === ofTenant) - Number(a === ofTenant),
      )) {
        const own = 'ref' in field && key !== ofTenant ? tenantFieldOf(domain, field.ref) : undefined;
        const same =
          own === undefined || ofTenant === undefined
            ? undefined
            : rows.get((field as { ref: string }).ref)?.filter((other) => other[own] === row[ofTenant]);
        row[key] =
          same !== undefined && same.length > 0
            ? (dice.pick(same)[idField((field as { ref: string }).ref)] as Value)
            : fieldValue(field, row, { dice, today, rows, used: usedOf(used, key, field) });
      }
      made.push(row);
    }
    rows.set(entity, made);
  }
  const ofTenant = new Map<string, Map<Value, readonly Row[]>>();
  for (const [entity, field] of domain.tenantField)
    ofTenant.set(
      entity,
      Map.groupBy(rows.get(entity) ?? [], (row) => row[field] as Value),
    );
  return { number, today, rows, ofTenant };
}

/** The field that says whose a row is. */
const tenantFieldOf = ({ file }: Domain, entity: string): string | undefined =>
  Object.entries(file.entities[entity]?.fields ?? {}).find(
    ([, field]) => 'ref' in field && field.ref === file.caller.tenant,
  )?.[0];

export const idOf = (prefix: string, index: number): string => `${prefix}-${String(index).padStart(4, '0')}`;

function usedOf(used: Map<string, Set<Value>>, key: string, { unique }: Field): Set<Value> | null {
  if (!unique) return null;
  const set = used.get(key) ?? new Set();
  used.set(key, set);
  return set;
}

/** What refers to others comes behind them. A circle of references is refused. */
function inOrder(domain: Domain): string[] {
  const { entities } = domain.file;
  const order: string[] = [];
  const visit = (name: string, path: string[]) => {
    if (order.includes(name)) return;
    if (path.includes(name)) throw new TypeError(`${domain.id}: ${[...path, name].join(' refers to ')}`);
    for (const field of Object.values(entities[name]?.fields ?? {}))
      if ('ref' in field && field.ref !== name) visit(field.ref, [...path, name]);
    order.push(name);
  };
  for (const name of Object.keys(entities)) visit(name, []);
  return order;
}

interface Making {
  dice: Random;
  today: string;
  rows: Map<string, readonly Row[]>;
  used: Set<Value> | null;
}

/** A value of a field; of a unique one, one that no row before has. */
export function fieldValue(field: Field, row: { [field: string]: Value }, making: Making): Value {
  const { used } = making;
  for (let tries = 0; tries < 200; tries += 1) {
    const value = anyValue(field, row, making);
    if (used === null) return value;
    if (!used.has(value)) {
      used.add(value);
      return value;
    }
  }
  throw new RangeError('a unique field has fewer values than there are rows');
}

function anyValue(field: Field, row: { [field: string]: Value }, { dice, today, rows }: Making): Value {
  if ('one_of' in field)
    return Array.isArray(field.one_of) ? dice.pick(field.one_of) : dice.weighted(Object.entries(field.one_of));
  if ('number' in field) {
    const [from, to] = field.number;
    const unit = 10 ** (field.decimals ?? 0);
    return Math.round((from + ((to - from) * dice.number(10_001)) / 10_000) * unit) / unit;
  }
  if ('date' in field) return dateAfter(today, field.date[0] + dice.number(field.date[1] - field.date[0] + 1));
  if ('moment' in field) {
    const date = dateAfter(today, field.moment[0] + dice.number(field.moment[1] - field.moment[0] + 1));
    const half = 14 + dice.number(halfHours);
    return `${date}T${String(half >> 1).padStart(2, '0')}:${half % 2 === 0 ? '00' : '30'}:00Z`;
  }
  if ('ref' in field) {
    const others = rows.get(field.ref);
    if (others === undefined || others.length === 0) throw new RangeError(`there is no ${field.ref} yet`);
    return dice.pick(others)[idField(field.ref)] as Value;
  }
  if ('name' in field) {
    if (field.name === 'person') return person(dice);
    return dice.pick(field.name === 'company' ? companies : field.name === 'city' ? cities : countries);
  }
  if ('text' in field) return dice.pick(field.text);
  if ('flag' in field) return dice.chance(field.flag);
  if ('code' in field)
    return field.code.replaceAll(/[#A]/g, (sign) =>
      sign === '#' ? String(dice.number(10)) : 'ABCDEFGHJKLMNPQRSTUVWXYZ'.charAt(dice.number(24)),
    );
  return field.made.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    String(row[key])
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '.'),
  );
}
