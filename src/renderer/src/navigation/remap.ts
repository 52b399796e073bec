import { keyOverrides, setKeyOverrides } from './key-overrides.js';
import { fixedWhy, keyName, keysOf, type ShortcutId, shortcutGroups, shortcuts } from './shortcuts.js';

/** Keys that go elsewhere before a page is asked: to the browser, or to what the whole studio does the same way. */
const taken: { [key: string]: string } = {
  g: 'begins the keys that go to a page',
  Tab: 'moves the focus',
  'mod+t': 'is the browser’s',
  'mod+w': 'is the browser’s',
  'mod+n': 'is the browser’s',
  'mod+q': 'is the browser’s',
  'mod+r': 'is the browser’s',
  'mod+l': 'is the browser’s',
  'mod+c': 'copies',
  'mod+v': 'pastes',
  'mod+x': 'cuts',
};

/** Why a shortcut cannot have this key as its `at`-th; null where it can. */
export function keyProblem(id: ShortcutId, at: number, key: string): string | null {
  const name = keyName(key);
  const fixed = fixedWhy(id);
  if (fixed !== null) return `This one is fixed: ${fixed}`;
  const why = taken[key];
  if (why !== undefined) return `${name} ${why}. Choose another key.`;
  if (keysOf(id).some((each, place) => each === key && place !== at)) return `${name} does that already.`;
  const places = placesOf(id);
  for (const other of Object.keys(shortcuts) as ShortcutId[]) {
    if (other === id || !keysOf(other).includes(key) || !meet(places, placesOf(other))) continue;
    // Made so: one goes before the other while it holds.
    if (has(id, key) && has(other, key)) continue;
    return `${name} is “${shortcuts[other].label}” already. Choose another key, or change that one first.`;
  }
  return null;
}

const has = (id: ShortcutId, key: string) => (shortcuts[id].keys as readonly string[]).includes(key);

function placesOf(id: ShortcutId): readonly string[] {
  return shortcutGroups.filter(({ ids }) => ids.includes(id)).flatMap(({ places }) => places);
}

function meet(a: readonly string[], b: readonly string[]): boolean {
  return a.includes('anywhere') || b.includes('anywhere') || a.some((place) => b.includes(place));
}

/** Gives a shortcut a key; what is wrong with it, or null. */
export function setKey(id: ShortcutId, at: number, key: string): string | null {
  const problem = keyProblem(id, at, key);
  if (problem !== null) return problem;
  const keys = keysOf(id).map((each, place) => (place === at ? key : each));
  const made = shortcuts[id].keys.every((each, place) => each === keys[place]);
  const { [id]: _, ...others } = keyOverrides();
  const kept = setKeyOverrides(made ? others : { ...others, [id]: keys });
  return kept ? null : 'The browser does not keep it: it holds until this window is closed.';
}

/** Gives back the keys as they were made: of one, or of all. What has taken one of them meanwhile goes back with it. */
export function resetKeys(id?: ShortcutId): string | null {
  if (id === undefined) {
    setKeyOverrides({});
    return null;
  }
  const stood = keyOverrides();
  const { [id]: _, ...others } = stood;
  setKeyOverrides(others);
  const problem = shortcuts[id].keys.map((key, at) => keyProblem(id, at, key)).find((each) => each !== null);
  if (problem === undefined) return null;
  setKeyOverrides(stood);
  return problem;
}
