import type { Column } from '../columns.js';
import { flatColumns } from '../formats/flat.js';
import type { Manifest } from '../manifest.js';

/** The context that the specification fixes (docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html). */
const context = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  rai: 'http://mlcommons.org/croissant/RAI/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileProperty: 'cr:fileProperty',
  fileObject: 'cr:fileObject',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  parentField: 'cr:parentField',
  path: 'cr:path',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const;

const types = {
  string: 'sc:Text',
  json: 'sc:Text',
  text: 'sc:Text',
  list: 'sc:Text',
  struct: 'sc:Text',
  timestamp: 'sc:DateTime',
  double: 'sc:Float',
  int: 'sc:Integer',
  boolean: 'sc:Boolean',
} as const satisfies Record<Column['type'], string>;

const encodings = {
  jsonl: 'application/jsonlines',
  parquet: 'application/x-parquet',
  huggingface: 'application/x-parquet',
  harbor: 'application/jsonlines',
  csv: 'text/csv',
  tfrecord: 'application/x-tfrecord',
} as const;

/**
 * croissant.json: Croissant 1.1 with the fields of its responsible-AI vocabulary 1.0. Holds no time of making: equal data gives
 * equal bytes. What its readers cannot give back (lists within lists, open JSON in files of lines) is named and not described.
 */
export function croissantText(manifest: Manifest): string {
  const { layout, format, files, rows, traces, privacy, consent } = manifest;
  const columns = format === 'csv' || format === 'tfrecord' ? flatColumns(manifest.columns) : manifest.columns;
  const leftOut = columns.flatMap((column) => notDescribed(column, format)).join(', ');
  const licences = Object.keys(consent.traces.licence).filter((licence) => licence !== 'none');
  const name = `sluice-${manifest.package === undefined ? '' : `${manifest.package}-`}${layout}`;
  const description = `${rows} rows of ${traces} captured agent traces in the layout ${layout}, with secrets and personal data replaced.`;
  const value = {
    '@context': context,
    '@type': 'sc:Dataset',
    conformsTo: ['http://mlcommons.org/croissant/1.1', 'http://mlcommons.org/croissant/RAI/1.0'],
    name,
    description,
    version: '1.0.0',
    license: licences.length === 0 ? 'unknown' : licences.length === 1 ? licences[0] : licences,
    url: './',
    citeAs: `${name}, captured by Sluice, rows ${manifest.rows_root ?? ''}`,
    keywords: ['agent traces', 'tool use', layout],
    distribution: files.map((file) => ({
      '@type': 'cr:FileObject',
      '@id': file.name,
      name: file.name,
      contentUrl: file.name,
      contentSize: `${file.bytes} B`,
      encodingFormat: encodings[format],
      sha256: file.sha256,
    })),
    // Nobody's records can be read out of packed lines or TFRecords by this vocabulary.
    ...(format === 'tfrecord' || (manifest.compress !== undefined && format !== 'parquet' && format !== 'huggingface')
      ? {}
      : {
          recordSet: files.map((file) => ({
            '@type': 'cr:RecordSet',
            '@id': `rows/${file.name}`,
            name: `rows/${file.name}`,
            description: `Split ${file.split}: ${file.rows} rows.${leftOut === '' ? '' : ` Not described: ${leftOut}.`}`,
            field: columns
              .filter(({ name: column }) => !file.absent?.includes(column))
              .flatMap((column) => fieldOf(column, { file: file.name, format }) ?? []),
          })),
        }),
    'rai:dataCollection':
      'Captured from an agent’s own traffic: model and tool calls as they went over the wire, or traces that others captured.',
    'rai:dataCollectionType': ['Software Collection'],
    'rai:dataPreprocessingProtocol': [
      'Calls were joined to traces, secrets and personal data replaced before anything was stored and once more for this dataset; QUALITY.md has the figures.',
    ],
    'rai:dataAnnotationProtocol': 'People may have accepted, rejected and rated traces; QUALITY.md says how many.',
    'rai:personalSensitiveInformation': [
      privacy.pseudonyms === 'fresh'
        ? 'Replaced by pseudonyms or made-up values that are this dataset’s own.'
        : 'Replaced by pseudonyms or made-up values of the project.',
    ],
    'rai:dataBiases':
      'QUALITY.md names the groups that have less than half of the share that they have among the captures.',
    'rai:dataLimitations': 'What was not captured is absent; automatic redaction may miss a value.',
    'rai:dataUseCases': [consent.scope],
    'rai:dataReleaseMaintenancePlan':
      'Erasures at the source are carried out in this folder where it lies on the machine that wrote it; ERASED.json says so.',
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Where a field stands. */
interface Place {
  file: string;
  format: Manifest['format'];
  /** From the row's column on. */
  path?: string[];
  /** In the elements of a list. */
  inList?: boolean;
}

/** Whether a reader of records can give back what the column holds: open JSON is text in typed files alone. */
function isReadable({ type }: Column, format: Manifest['format']): boolean {
  return (type !== 'json' && type !== 'text') || (format !== 'jsonl' && format !== 'harbor');
}

/** A column as a field; null where it is not described. */
function fieldOf(column: Column, { file, format, path = [], inList = false }: Place): object | null {
  const names = [...path, column.name];
  const flat = format === 'csv' || format === 'tfrecord';
  const [top, ...inside] = flat ? [column.name] : names;
  const about = {
    '@type': 'cr:Field',
    '@id': `rows/${file}/${names.join('/')}`,
    name: names.join('/'),
    description: column.description || column.name,
  };
  const element = column.type === 'list' && !flat ? (column.of as Column) : null;
  const fields = column.type === 'struct' ? column.fields : element?.type === 'struct' ? element.fields : undefined;
  if (element !== null && (inList || element.type === 'list')) return null;
  if (fields !== undefined) {
    const at = { file, format, path: names, inList: inList || element !== null };
    const subField = fields.flatMap((field) => fieldOf(field, at) ?? []);
    if (subField.length === 0) return null;
    return { ...about, ...(element === null ? {} : { repeated: true }), subField };
  }
  const leaf = element ?? column;
  if (!isReadable(leaf, format)) return null;
  const steps = inside.map((name) => (/^\w+$/.test(name) ? name : `'${name}'`));
  return {
    ...about,
    dataType: types[leaf.type],
    ...(element === null ? {} : { repeated: true }),
    source: {
      fileObject: { '@id': file },
      extract: { column: top },
      ...(steps.length === 0 ? {} : { transform: { jsonPath: steps.join('.') } }),
    },
  };
}

/** What of a column is not described, by its path. */
function notDescribed(column: Column, format: Manifest['format'], path: string[] = [], inList = false): string[] {
  const names = [...path, column.name];
  const flat = format === 'csv' || format === 'tfrecord';
  const element = column.type === 'list' && !flat ? (column.of as Column) : null;
  if (element !== null && (inList || element.type === 'list')) return [names.join('/')];
  const fields = column.type === 'struct' ? column.fields : element?.type === 'struct' ? element.fields : undefined;
  if (fields !== undefined)
    return fields.flatMap((field) => notDescribed(field, format, names, inList || element !== null));
  return isReadable(element ?? column, format) ? [] : [names.join('/')];
}
