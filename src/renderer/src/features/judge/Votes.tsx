import type { Judgement } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { Table } from '../../components/Table.js';
import classes from './judge.module.css';
import { onScale } from './words.js';

/** Each answer of a panel, and how far they are apart. */
export function Votes({ judgement }: { judgement: Judgement }) {
  const { votes, disagreement, scale } = judgement;
  return (
    <>
      {disagreement !== null && (
        <p className={classes.note}>
          {disagreement === 0
            ? 'All agree.'
            : `They are ${Number(disagreement.toFixed(2))} apart on a scale of ${scale.max - scale.min}.`}
        </p>
      )}
      <Table label="Answers of the panel">
        <thead>
          <tr>
            <th>Judge</th>
            <th data-number>Score</th>
            <th>Why not</th>
            <th data-number>Cost</th>
          </tr>
        </thead>
        <tbody>
          {votes.map((vote) => (
            <tr key={`${vote.profile} ${vote.sample}`}>
              <td>
                {vote.profile}
                {vote.sample > 0 && ` (${vote.sample + 1})`}
              </td>
              <td data-number>{vote.score === null ? '–' : onScale(vote.score, scale)}</td>
              <td>{vote.unscored_reason ?? ''}</td>
              <td data-number>
                <Cost usd={vote.cost_usd} />
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </>
  );
}
