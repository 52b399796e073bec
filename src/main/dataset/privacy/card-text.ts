import type { ExportPrivacy } from '../../../shared/model/index.js';

/** The dataset card's lines on what was redacted for this export. */
export function privacyText({ pseudonyms, policy, replaced, dropped_rows }: ExportPrivacy): string[] {
  const rows = Object.entries(replaced).flatMap(([entity, actions]) =>
    Object.entries(actions).map(([action, count]) => `| ${entity} | ${action} | ${count} |`),
  );
  const stricter = Object.entries(policy.actions ?? {}).map(([entity, action]) => `${entity} ${action}`);
  const preset = policy.preset ? [`the preset ${policy.preset.toUpperCase()}`] : [];
  return [
    '## Privacy',
    '',
    'Every text was looked through again when this dataset was written.',
    pseudonyms === 'fresh'
      ? 'Its pseudonyms and surrogates are its own: the same for the same value here, and in no other dataset.'
      : 'Its pseudonyms and surrogates are those of the project, the same in each of its datasets.',
    ...(stricter.length + preset.length === 0
      ? []
      : [`Stricter than the project: ${[...preset, ...stricter].join(', ')}.`]),
    ...(dropped_rows === 0 ? [] : [`Rows left out for a value that must not be in exports: ${dropped_rows}.`]),
    '',
    ...(rows.length === 0 ? [] : ['| replaced for this export | by | places |', '|---|---|---|', ...rows, '']),
  ];
}
