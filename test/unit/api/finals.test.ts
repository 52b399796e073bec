import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { untilOver } from '../../../src/main/api/rest/finals.js';
import type { Job } from '../../../src/shared/model/index.js';

const replyOf = () => ({ raw: new EventEmitter() }) as unknown as Parameters<ReturnType<typeof untilOver>['of']>[1];

describe('waiting for a job that somebody is to be answered with', () => {
  it('leaves nothing behind, however it ends', async () => {
    const jobs = new Map<string, PromiseWithResolvers<Job | null>>();
    const over = untilOver({
      settled(id) {
        const job = Promise.withResolvers<Job | null>();
        jobs.set(id, job);
        return job.promise;
      },
    });
    const replies = [replyOf(), replyOf(), replyOf(), replyOf()];
    const answers = replies.map((reply, n) => over.of(`job ${n}`, reply).catch((error: Error) => error.message));
    expect(over.waiting()).toBe(4);
    const done = { state: 'done' } as Job;
    jobs.get('job 0')?.resolve(done);
    expect(await answers[0]).toBe(done);
    jobs.get('job 1')?.reject(new Error('no'));
    expect(await answers[1]).toBe('no');
    replies[2]?.raw.emit('close');
    expect(await answers[2]).toBeNull();
    expect(over.waiting()).toBe(1);
    over.end();
    expect(await answers[3]).toBeNull();
    expect(await over.of('job 4', replyOf())).toBeNull();
    expect(over.waiting()).toBe(0);
    expect(replies.map(({ raw }) => raw.listenerCount('close'))).toEqual([0, 0, 0, 0]);
  });
});
