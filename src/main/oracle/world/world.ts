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

/** Days by their distance from another; a world asks for the same few over and over. */
const days = new Map<string, string>();
function dateAfter(today: string, distance: number): string {
  const key = `${today} ${distance}`;
  let date = days.get(key);
  if (date === undefined) {
    date = new Date(Date.parse(today) + distance * day).toISOString().slice(0, 10);
    days.set(key, date);
  }
  return date;
}

export function worldOf(domain: Domain, number: number): World {
  const today = new Date(firstDay + number * 5 * day).toISOString().slice(0, 10);
  const rows = new Map<string, Row[]>();
  for (const entity of inOrder(domain)) {
    const dice = random('world', domain.id, number, entity);
    const { rows: count, id } = domain.file.entities[entity] as Domain['file']['entities'][string];
    const ofTenant = tenantFieldOf(domain, entity);
    const fields = fieldsInOrder(domain, entity, ofTenant, rows);
    const made: Row[] = [];
    const used = new Map<string, Set<Value>>();
    for (let index = 1; index <= count; index += 1) {
      const row: Record<string, Value> = { [idField(entity)]: idOf(id, index) };
      for (const { key, field, sameTenant } of fields) {
        const same = sameTenant?.rows.get(row[ofTenant as string] as Value);
        row[key] =
          same === undefined
            ? fieldValue(field, row, { dice, today, rows, used: usedOf(used, key, field) })
            : (dice.pick(same)[sameTenant?.id as string] as Value);
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

/** Whose a row is comes first: what it refers to is of the same tenant, where that has one. */
function fieldsInOrder(
  domain: Domain,
  entity: string,
  ofTenant: string | undefined,
  made: ReadonlyMap<string, readonly Row[]>,
) {
  const fields = Object.entries(domain.file.entities[entity]?.fields ?? {});
  const ordered = [...fields.filter(([key]) => key === ofTenant), ...fields.filter(([key]) => key !== ofTenant)];
  return ordered.map(([key, field]) => {
    const to = 'ref' in field && key !== ofTenant && ofTenant !== undefined ? field.ref : undefined;
    const theirs = to === undefined ? undefined : tenantFieldOf(domain, to);
    if (to === undefined || theirs === undefined) return { key, field, sameTenant: null };
    const byTenant = Map.groupBy(made.get(to) ?? [], (row) => row[theirs] as Value);
    return { key, field, sameTenant: { id: idField(to), rows: byTenant } };
  });
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
