import type { StoredFinding } from '../../../../shared/model/index.js';
import { EmptyState } from '../../components/layout/EmptyState.js';
import { PanelSection } from '../../components/layout/Panel.js';
import { type PlaceholderNote, RedactedText } from '../../components/RedactedText.js';
import { Table } from '../../components/Table.js';

interface Props {
  findings: StoredFinding[];
  notes: ReadonlyMap<string, PlaceholderNote>;
}

/** What redaction replaced before anything was stored, and where. */
export function Findings({ findings, notes }: Props) {
  if (findings.length === 0) {
    return <EmptyState title="Nothing was redacted">No secret or personal data was found in this exchange.</EmptyState>;
  }
  return (
    <PanelSection label="Redacted">
      <Table>
        <thead>
          <tr>
            <th scope="col">Replacement</th>
            <th scope="col">Where</th>
            <th scope="col">Detector</th>
          </tr>
        </thead>
        <tbody>
          {findings.map((finding) => (
            <tr key={finding.finding_id}>
              <td>
                <code className="num">
                  <RedactedText text={finding.replacement} notes={notes} />
                </code>
              </td>
              <td>
                <code>{finding.path}</code>
              </td>
              <td>
                {finding.detector} <span className="dim num">{Math.round(finding.confidence * 100)} %</span>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </PanelSection>
  );
}
