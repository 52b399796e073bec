import { useSyncExternalStore } from 'react';
import type { ItemDecision, NextItem, QueueItem, Undone } from '../../../../shared/model/index.js';
import { client } from '../../rpc/client.js';
import { describeError } from '../../rpc/errors.js';
import { announce, didAct, didHere, inLine, type LocalStep } from '../review/index.js';
import { Clock } from './clock.js';
import { DraftKeeper } from './draft-keeper.js';
import { blankDecision, inWords, saysNothing, unsubmitted } from './drafts.js';
import { KeyLine, type Needs } from './key-line.js';

export interface WorkState {
  phase: 'starting' | 'item' | 'empty' | 'failed';
  item: QueueItem | null;
  /** What is said of the item, submitted or not. */
  draft: ItemDecision;
  /** The review that stood when it was opened was said of an earlier state of the trace. */
  outdated: boolean;
  reason: NextItem['reason'];
  error: unknown;
  /** The step that keys are about, by its place; -1: none yet. `at` grows with every wish to see it. */
  cursor: { index: number; at: number };
}

const nothing: WorkState = {
  phase: 'starting',
  item: null,
  draft: blankDecision,
  outdated: false,
  reason: null,
  error: null,
  cursor: { index: -1, at: 0 },
};

const ownAtOnce = 100;

/**
 * One reviewer's work on a queue: which item is shown, what is said of it, and the way from one to the next. Whatever moves from
 * item to item is done alone; keys that come meanwhile wait (`keys`).
 */
export class QueueWork {
  readonly name: string;
  readonly clock = new Clock();
  readonly keys = new KeyLine((needs) => {
    const { item } = this.#state;
    if (this.#busy) return false;
    return needs === 'work' || item === null || (this.#page.item === item.item_id && this.#page.has.includes(needs));
  });
  /** Items that who works here took, newest first. */
  #own: { items: QueueItem[]; cursor: string | null; read: boolean } = { items: [], cursor: null, read: false };
  #me: string | null = null;
  #busy = false;
  /** The item that is drawn, and what of it is there. */
  #page: { item: string | null; has: readonly Needs[] } = { item: null, has: [] };
  #state = nothing;
  readonly #listeners = new Set<() => void>();
  readonly #drafts = new DraftKeeper(
    (item_id, draft) => client.queues.keepDraft.mutate({ name: this.name, item_id, draft }),
    (error) => announce({ kind: 'failed', text: `Not kept beyond this page: ${describeError(error).message}` }),
  );
  #noteStep: { step: LocalStep; item: string } | null = null;

  constructor(name: string) {
    this.name = name;
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = () => this.#state;

  get busy(): boolean {
    return this.#busy;
  }

  #set(patch: Partial<WorkState>): void {
    this.#state = { ...this.#state, ...patch };
    for (const listener of this.#listeners) listener();
  }

  /** This item is drawn, with so much of it. */
  drawn(item: string | null, has: readonly Needs[]): void {
    this.#page = { item, has };
    this.keys.drain();
  }

  /** Opens what is next, or one item by its id. */
  start(itemId: string | null): Promise<void> {
    return this.#move(async () => {
      const { items } = await client.acts.list.query({ limit: 1 });
      this.#me = items[0]?.reviewer ?? null;
      const wished = itemId === null ? null : await this.#find(itemId);
      if (wished) return this.#show(wished);
      if (itemId !== null) announce({ kind: 'failed', text: 'That item is not in this queue any more' });
      await this.#take(null);
    });
  }

  /** Says something of the item; what is `typed` letter by letter is one step of undo. */
  say(patch: Partial<ItemDecision>, { typed = false, title = inWords(patch) } = {}): void {
    const { item, draft } = this.#state;
    if (item === null || !this.#mayDecide(item)) return;
    const after = { ...draft, ...patch };
    if (JSON.stringify(after) === JSON.stringify(draft)) return;
    const last = typed && this.#noteStep?.item === item.item_id ? this.#noteStep.step : undefined;
    const before = last === undefined ? draft : this.#noteBefore;
    const put = (decision: ItemDecision) => () => this.#putBack(item, decision);
    const step = { title, undo: put(before), redo: put(after) };
    didHere(step, last);
    this.#noteBefore = before;
    this.#noteStep = typed ? { step, item: item.item_id } : null;
    unsubmitted.set(item.item_id, after);
    this.#drafts.keep(item.item_id, after, typed);
    this.#set({ draft: after });
  }
  #noteBefore: ItemDecision = blankDecision;

  /** The note was left: what is typed next is another step of undo. */
  leaveNote(): void {
    this.#noteStep = null;
    this.#drafts.flush();
  }

  /** The page is left: nothing waits any more. */
  leave(): void {
    this.#drafts.flush();
  }

  #mayDecide(item: QueueItem): boolean {
    if (item.state === 'assigned' && this.isMine(item)) return true;
    const why = this.isMine(item) ? 'It is decided already: open it again to change it' : `It is ${item.reviewer}’s`;
    announce({ kind: 'failed', text: why });
    return false;
  }

  isMine(item: QueueItem): boolean {
    return item.reviewer === this.#me;
  }

  async #putBack(item: QueueItem, decision: ItemDecision): Promise<void> {
    unsubmitted.set(item.item_id, decision);
    this.#drafts.keep(item.item_id, decision, false);
    this.#noteStep = null;
    if (this.#state.item?.item_id === item.item_id) this.#set({ draft: decision });
    else await this.#show(this.#own.items.find(({ item_id }) => item_id === item.item_id) ?? item);
  }

  submit(): void {
    const { item, draft } = this.#state;
    if (item === null || !this.#mayDecide(item)) return;
    if (saysNothing(draft)) {
      announce({ kind: 'failed', text: 'Nothing is said of it yet: accept, reject, rate, tag or note it, or skip it' });
      return;
    }
    const { item_id } = item;
    const spent_ms = this.clock.spent(item_id);
    void this.#act(
      item_id,
      () => client.queues.submit.mutate({ name: this.name, item_id, decision: draft, spent_ms }),
      `Submitted${draft.label === null ? '' : `: ${draft.label}`}`,
    );
  }

  skip(): void {
    const { item } = this.#state;
    if (item === null || !this.#mayDecide(item)) return;
    const { item_id } = item;
    const spent_ms = this.clock.spent(item_id);
    void this.#act(item_id, () => client.queues.skip.mutate({ name: this.name, item_id, spent_ms }), 'Skipped');
  }

  /** Decides, and goes on. */
  #act(itemId: string, work: () => Promise<QueueItem>, did: string): Promise<void> {
    this.#noteStep = null;
    const forget = didAct();
    return this.#move(async () => {
      try {
        await this.#drafts.decided(itemId);
        this.#keep(await inLine(work));
        announce({ kind: 'done', text: did, undo: true });
      } catch (error) {
        forget();
        throw error;
      }
      await this.#take(null);
    });
  }

  reopen(): void {
    const { item, draft } = this.#state;
    if (item === null) return;
    if (!this.isMine(item) || item.state === 'assigned') {
      const why = item.state === 'assigned' ? 'It is open' : `It is ${item.reviewer}’s: only they open it again`;
      announce({ kind: 'done', text: why });
      return;
    }
    const forget = didAct();
    void this.#move(async () => {
      try {
        const { item_id } = item;
        const opened = await inLine(() => client.queues.reopen.mutate({ name: this.name, item_id }));
        unsubmitted.set(item_id, draft);
        this.#keep(opened);
        await this.#show(opened);
      } catch (error) {
        forget();
        throw error;
      }
    });
  }

  next(): void {
    void this.#move(async () => {
      const { item } = this.#state;
      await this.#readOwn();
      const at = this.#place(item);
      const newer = at > 0 ? this.#own.items[at - 1] : undefined;
      if (newer) return this.#show(newer);
      await this.#take(item !== null && item.state === 'assigned' && this.isMine(item) ? item : null);
    });
  }

  previous(): void {
    void this.#move(async () => {
      await this.#readOwn();
      const { item } = this.#state;
      const at = this.#place(item);
      if (at + 1 >= this.#own.items.length && this.#own.cursor !== null) await this.#readMore();
      const older = this.#own.items[at + 1];
      if (older) await this.#show(older);
      else announce({ kind: 'done', text: 'There is none before it' });
    });
  }

  #place(item: QueueItem | null): number {
    return item === null ? -1 : this.#own.items.findIndex(({ item_id }) => item_id === item.item_id);
  }

  /** Turns something back or does it again, and shows where. */
  turn(way: 'undo' | 'redo', work: () => Promise<Undone | null>): void {
    void this.#move(async () => {
      const result = await work();
      const act = result?.act;
      if (!act) return;
      this.#me ??= act.reviewer;
      this.#own = { items: [], cursor: null, read: false };
      await this.#readOwn();
      const [trace] = act.trace_ids;
      const { item } = this.#state;
      const ofTrace = this.#own.items.filter(({ trace_id }) => trace_id === trace);
      const moved = ['submit', 'skip', 'reopen'].includes(act.kind);
      // Done again, it leads on, as it did.
      if (moved && way === 'redo' && act.kind !== 'reopen') return this.#take(null);
      const found = (moved ? ofTrace.find(({ state }) => state === 'assigned') : undefined) ?? ofTrace[0];
      if (found && (moved || found.trace_id !== item?.trace_id)) await this.#show(found);
    });
  }

  async #move(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#set({});
    try {
      await work();
    } catch (error) {
      const waited = this.keys.forget();
      if (this.#state.item === null) this.#set({ phase: 'failed', error });
      else {
        const { message, next } = describeError(error);
        const lost = waited > 0 ? ' Keys that were typed meanwhile were not used.' : '';
        announce({ kind: 'failed', text: `${message} ${next}${lost}` });
        // It may be somebody else's now, or decided in another window.
        await this.#look().catch(() => undefined);
      }
    } finally {
      this.#busy = false;
      this.#set({});
      this.keys.drain();
    }
  }

  async #look(): Promise<void> {
    const { item } = this.#state;
    if (item === null) return;
    const now = await this.#find(item.item_id);
    if (now && now.state !== item.state) await this.#show(now);
  }

  async #take(other: QueueItem | null): Promise<void> {
    const { item, trace, reason } = await client.queues.next.mutate({
      name: this.name,
      ...(other && { other_than: other.item_id }),
    });
    if (other !== null && (item === null || item.item_id === other.item_id)) {
      announce({ kind: 'done', text: 'No other item is free: this one stays' });
      return;
    }
    if (item === null) {
      this.clock.show(null);
      this.#set({ phase: 'empty', item: null, draft: blankDecision, reason, cursor: nothing.cursor });
      return;
    }
    this.#me = item.reviewer;
    this.#keep(item);
    const review = trace?.review ?? null;
    const outdated = review?.trace_revision != null && review.trace_revision < (trace?.revision ?? 0);
    this.#open(item, review, outdated);
  }

  async #show(item: QueueItem): Promise<void> {
    const open = item.state === 'assigned';
    const review =
      open && !item.blind && item.draft === null && !unsubmitted.has(item.item_id)
        ? await client.reviews.get.query({ trace_id: item.trace_id })
        : null;
    this.#open(item, review, false);
  }

  #open(item: QueueItem, review: ItemDecision | null, outdated: boolean): void {
    const decision = item.blind || review === null ? blankDecision : reviewed(review);
    const draft =
      item.state === 'assigned'
        ? (unsubmitted.get(item.item_id) ?? item.draft ?? decision)
        : (item.decision ?? blankDecision);
    this.#noteStep = null;
    this.clock.show(item.state === 'assigned' ? item.item_id : null, item.spent_ms);
    const same = this.#state.item?.item_id === item.item_id;
    this.#set({
      phase: 'item',
      item,
      draft,
      outdated: outdated && item.state === 'assigned',
      error: null,
      ...(!same && { cursor: { index: -1, at: 0 } }),
    });
  }

  /** Puts the cursor on a step, and has it shown. */
  goTo(index: number, show = true): void {
    const { at } = this.#state.cursor;
    this.#set({ cursor: { index, at: show ? at + 1 : at } });
  }

  #keep(item: QueueItem): void {
    const at = this.#own.items.findIndex(({ item_id }) => item_id === item.item_id);
    if (at >= 0) this.#own.items[at] = item;
    else this.#own.items = [item, ...this.#own.items].sort((a, b) => (a.item_id < b.item_id ? 1 : -1));
  }

  async #readOwn(): Promise<void> {
    if (this.#own.read || this.#me === null) return;
    const page = await client.queues.items.query({ name: this.name, reviewer: this.#me, limit: ownAtOnce });
    this.#own = { items: page.items, cursor: page.next_cursor, read: true };
  }

  async #readMore(): Promise<void> {
    if (this.#me === null) return;
    const { cursor } = this.#own;
    const page = await client.queues.items.query({ name: this.name, reviewer: this.#me, limit: ownAtOnce, cursor });
    this.#own = { items: [...this.#own.items, ...page.items], cursor: page.next_cursor, read: true };
  }

  /** By its id, among the newest of the queue. */
  async #find(itemId: string): Promise<QueueItem | undefined> {
    let cursor: string | null = null;
    for (let pages = 0; pages < 20; pages += 1) {
      const page: { items: QueueItem[]; next_cursor: string | null } = await client.queues.items.query({
        name: this.name,
        limit: ownAtOnce,
        cursor,
      });
      const found = page.items.find(({ item_id }) => item_id === itemId);
      if (found) return found;
      cursor = page.next_cursor;
      if (cursor === null) return undefined;
    }
    return undefined;
  }
}

const reviewed = ({ label, rating, tags, note }: ItemDecision): ItemDecision => ({ label, rating, tags, note });

export function useWork(work: QueueWork): WorkState {
  return useSyncExternalStore(work.subscribe, work.state);
}
