import { LinkButton } from '../../components/LinkButton.js';
import { Missing } from '../../components/Missing.js';
import { useQuality } from './use-quality.js';

/** Quality of a trace in its header, leading to what it rests on. */
export function QualityFact({ traceId, onOpen }: { traceId: string; onOpen(): void }) {
  const { data } = useQuality(traceId);
  const score = data?.quality_score ?? null;
  return (
    <LinkButton onClick={onOpen}>
      {score === null ? <Missing label="not scored" /> : <span className="num">{score.toFixed(2)}</span>}
    </LinkButton>
  );
}
