import { counted, mean, type PeerRule } from '../rule.js';

/** Traces that a percentile needs, the trace itself among them. */
const least = 5;

/** Where it stands among traces of the same scenario, or else of the same task, by time and by cost. */
export const efficiency: PeerRule = {
  id: 'efficiency',
  title: 'Efficiency',
  description: 'Share of similar traces that took longer and cost more; a tie counts half.',
  weight: 0.5,
  among(traceId, peers) {
    const own = peers.measures(traceId);
    if (own === null) return { reason: 'It was not measured.' };
    if (own.incomparable !== null) return { reason: own.incomparable };
    const group = peers.similar(traceId);
    if (group.members.length < least) {
      return {
        reason: `${counted(group.members.length, 'similar trace')} ended well (${group.by}); a percentile needs ${least}.`,
      };
    }
    const parts: { value: number; label: string }[] = [];
    for (const [name, comparison] of [
      ['time_ms', 'faster than'],
      ['cost_usd', 'cheaper than'],
      ['tokens', 'of fewer tokens than'],
    ] as const) {
      // Tokens stand in for a cost that nobody knows.
      if (name === 'tokens' && parts.some(({ label }) => label.startsWith('cheaper'))) continue;
      const mine = own[name];
      const others = group.members.filter(({ trace_id }) => trace_id !== traceId).map((member) => member[name]);
      if (mine === null || others.some((other) => other === null)) continue;
      const worse = others.filter((other) => (other as number) > mine).length;
      const same = others.filter((other) => other === mine).length;
      parts.push({ value: (worse + same / 2) / others.length, label: `${comparison} ${worse} of ${others.length}` });
    }
    if (parts.length === 0) return { reason: 'Neither time nor cost of all similar traces is known.' };
    return {
      value: mean(parts.map(({ value }) => value)),
      evidence: `${parts.map(({ label }) => label).join(', ')} (${group.by})`,
    };
  },
};
