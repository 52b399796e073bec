import type { ModelProbe, ProbeCheck } from '../../../../shared/model/index.js';
import { Cost } from '../../components/Cost.js';
import { StatusBadge, type Tone } from '../../components/StatusBadge.js';
import { Table } from '../../components/Table.js';
import { Time } from '../../components/Time.js';
import classes from './models.module.css';
import { checkWords, structureWords } from './words.js';

const tones: Record<ProbeCheck['outcome'], Tone> = {
  honoured: 'green',
  accepted: 'gray',
  ignored: 'amber',
  refused: 'red',
};

/** What an address takes, as it was found out. */
export function ProbeChecks({ probe }: { probe: ModelProbe }) {
  return (
    <details className={classes.probe}>
      <summary>
        What it takes: {structureWords[probe.capabilities.structure]}
        {probe.capabilities.temperature ? ', temperature' : ', no temperature'}
        {probe.capabilities.reasoning_effort && ', reasoning effort'}
      </summary>
      <p className={classes.note}>
        Probed <Time iso={probe.at} /> in {probe.seconds.toFixed(1)} s for <Cost usd={probe.cost_usd} />; the server
        calls itself <code>{probe.model}</code>.
      </p>
      <Table label="What it takes">
        <tbody>
          {probe.checks.map(({ check, outcome, note }) => (
            <tr key={check}>
              <th scope="row">{checkWords[check]}</th>
              <td>
                <StatusBadge status={outcome} tone={tones[outcome]} />
              </td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </Table>
    </details>
  );
}
