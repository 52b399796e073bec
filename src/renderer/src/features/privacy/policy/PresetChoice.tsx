import { Radio } from '@mantine/core';
import { type PresetId, policyPresets, presetOf } from '../../../../../shared/policy-presets.js';
import { Table } from '../../../components/Table.js';
import { WithCode } from '../../../components/WithCode.js';
import classes from './policy.module.css';

interface Props {
  preset: PresetId | null;
  onChange(preset: PresetId | null): void;
}

const none = 'none';

/** The choice of a preset, and of the chosen one what it covers and what it does not do. */
export function PresetChoice({ preset, onChange }: Props) {
  const chosen = presetOf(preset);
  return (
    <>
      <Radio.Group
        aria-label="Preset"
        value={preset ?? none}
        onChange={(value) => onChange(value === none ? null : (value as PresetId))}
      >
        <div className={classes.cards}>
          <PresetCard
            value={none}
            title="None"
            text="Secrets and personal data become pseudonyms; addresses of sites are kept."
          />
          {policyPresets.map(({ id, title, summary }) => (
            <PresetCard key={id} value={id} title={title} text={summary} />
          ))}
        </div>
      </Radio.Group>
      {chosen && (
        <div className={classes.preset}>
          <h3>What {chosen.title} leaves to you</h3>
          <ul>
            {chosen.limits.map((limit) => (
              <li key={limit}>
                <WithCode text={limit} />
              </li>
            ))}
          </ul>
          <details>
            <summary>What is covered, identifier by identifier</summary>
            <Table>
              <thead>
                <tr>
                  <th scope="col">Identifier</th>
                  <th scope="col">Found as</th>
                  <th scope="col">Note</th>
                </tr>
              </thead>
              <tbody>
                {chosen.covers.map(({ identifier, entities, note }) => (
                  <tr key={identifier}>
                    <th scope="row">{identifier}</th>
                    <td>
                      {entities.length === 0 ? (
                        <strong>not found</strong>
                      ) : (
                        entities.map((entity) => <code key={entity}>{entity}</code>)
                      )}
                    </td>
                    <td>{note}</td>
                  </tr>
                ))}
              </tbody>
            </Table>
          </details>
        </div>
      )}
    </>
  );
}

function PresetCard({ value, title, text }: { value: string; title: string; text: string }) {
  return (
    <Radio.Card value={value} className={classes.card} aria-label={title}>
      <Radio.Indicator size="xs" />
      <span>
        <strong>{title}</strong>
        <span>{text}</span>
      </span>
    </Radio.Card>
  );
}
