import type { Intake } from './sent.js';

/** Longer than this nobody waits for an answer that may come as `accepted` too; in milliseconds. */
const patienceMs = 10_000;

/** Waits until all that was sent is stored; false where that takes too long. */
export async function storedSoon(intake: Pick<Intake, 'stored'>): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), patienceMs);
  try {
    // What is in the journal is safe: a pipeline that is being started again only makes it later.
    return await Promise.race([
      intake.stored().then(
        () => true,
        () => false,
      ),
      late.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
