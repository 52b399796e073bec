import { confidenceBands, type FindingFilter, type FindingsSummary } from '../../../../../shared/model/index.js';
import classes from './findings.module.css';
import { type FilterField, setFilter } from './use-findings.js';
import { bandTitles, entityTitle, placementTitles } from './words.js';

const shownAtFirst = 12;

/** How many findings there are of what; each line narrows the list to it, and again gives it back. */
export function Facets({ summary, filter }: { summary: FindingsSummary; filter: FindingFilter }) {
  return (
    <div className={classes.facets}>
      <Facet field="entity" title="Entity" rows={summary.entities} chosen={filter.entity} name={entityTitle} />
      <Facet
        field="placement"
        title="Where"
        rows={summary.placements}
        chosen={filter.placement}
        name={(placement) => placementTitles[placement as keyof typeof placementTitles] ?? placement}
      />
      <Facet
        field="band"
        title="Confidence"
        rows={confidenceBands.flatMap((band) => summary.bands.filter((row) => row.name === band))}
        chosen={filter.band}
        name={(band) => bandTitles[band as keyof typeof bandTitles] ?? band}
      />
      <Facet field="detector" title="Detector" rows={summary.detectors} chosen={filter.detector} name={(id) => id} />
    </div>
  );
}

interface FacetProps {
  field: FilterField;
  title: string;
  rows: { name: string; count: number }[];
  chosen: string | undefined;
  name(value: string): string;
}

function Facet({ field, title, rows, chosen, name }: FacetProps) {
  const first = rows.slice(0, shownAtFirst);
  const rest = rows.slice(shownAtFirst);
  const line = ({ name: value, count }: { name: string; count: number }) => (
    <li key={value}>
      <button
        type="button"
        className={classes.facet}
        aria-pressed={chosen === value}
        onClick={() => setFilter({ [field]: chosen === value ? null : value })}
      >
        <span className="ellipsis">{name(value)}</span>
        <span className="num">{count.toLocaleString('en')}</span>
      </button>
    </li>
  );
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {rows.length === 0 && <p className="dim">None</p>}
      <ul>{first.map(line)}</ul>
      {rest.length > 0 && (
        <details open={rest.some((row) => row.name === chosen) || undefined}>
          <summary>{rest.length} more</summary>
          <ul>{rest.map(line)}</ul>
        </details>
      )}
    </section>
  );
}
