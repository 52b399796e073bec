import { basename, join } from 'node:path';
import { SluiceError } from '../../shared/errors.js';
import { isRegular, readRegular } from '../ground/regular-file.js';
import { fileSha256 } from './file-hashes.js';
import type { Row } from './formats/format.js';
import { fileFormats } from './formats/index.js';
import { type BuildManifest, isDataName, type Manifest, parseManifest, partsIn } from './manifest.js';
import { createTree, leafOf, rootOf } from './merkle.js';
import { type Provenance, provenanceColumns, provenanceFile } from './provenance.js';
import { keyIdOf, signatureFile, signatureProblem } from './signing.js';

export interface VerifiedDataset {
  rows: number;
  /** What is not as the export left it; empty where everything is. */
  problems: { file: string; row: number | null; message: string }[];
  /** Whether manifest.json is whole and signed by the key that it names. */
  manifest_ok: boolean;
  /** Hash of the public key that signed; null where nobody did. */
  key_id: string | null;
}

/** Looks at each row of the files in its turn; `row` counts from 1. */
export type LookAtRow = (row: Row, at: { file: string; row: number; manifest: Manifest }) => void | Promise<void>;

/** Problems that are told one by one. */
const mostListed = 1000;

/**
 * Whether a dataset's folder is as its export left it: the signature, every file's hash, every row's hash against the root and
 * against provenance.parquet. Reads each row as its format gives it back.
 * @throws SluiceError `export_unreadable` where there is no manifest.json of ours
 */
export async function verifyDataset(folder: string, lookAt: LookAtRow = () => {}): Promise<VerifiedDataset> {
  const text = await readRegular(join(folder, 'manifest.json')).catch((cause: NodeJS.ErrnoException) => {
    throw new SluiceError('export_unreadable', `${folder} has no manifest.json that can be read (${cause.code}).`);
  });
  const parts = partsIn(text);
  if (parts === null) return verifyPart(folder, '', text, lookAt);
  const whole: VerifiedDataset = { rows: 0, problems: [], manifest_ok: true, key_id: null };
  await verifySignature(folder, '', text, whole);
  for (const { name, sha256 } of (JSON.parse(text) as BuildManifest).beside ?? []) {
    const problem = name === 'README.md' ? await hashProblem(join(folder, name), sha256) : 'is no text of ours';
    if (problem !== null) whole.problems.push({ file: name, row: null, message: problem });
  }
  for (const part of parts) {
    const inner = await readRegular(join(folder, part, 'manifest.json')).catch(() => null);
    if (inner === null) {
      whole.problems.push({ file: `${part}/manifest.json`, row: null, message: 'cannot be read' });
      whole.manifest_ok = false;
      continue;
    }
    const { rows, problems, manifest_ok } = await verifyPart(join(folder, part), `${part}/`, inner, lookAt);
    whole.rows += rows;
    whole.problems.push(...problems);
    whole.manifest_ok &&= manifest_ok;
  }
  return whole;
}

async function verifySignature(folder: string, prefix: string, text: string, found: VerifiedDataset): Promise<void> {
  const signed = await readRegular(join(folder, signatureFile)).catch(() => null);
  const problem = signed === null ? 'nobody signed the manifest' : signatureProblem(text, signed);
  found.key_id = signed === null ? null : keyIdOf(signed);
  if (problem === null) return;
  found.manifest_ok = false;
  found.problems.push({ file: `${prefix}${signatureFile}`, row: null, message: problem });
}

async function verifyPart(folder: string, prefix: string, text: string, lookAt: LookAtRow): Promise<VerifiedDataset> {
  const found: VerifiedDataset = { rows: 0, problems: [], manifest_ok: true, key_id: null };
  const note = (file: string, message: string, row: number | null = null) => {
    if (found.problems.length < mostListed) found.problems.push({ file: `${prefix}${file}`, row, message });
  };
  let manifest: Manifest;
  try {
    manifest = parseManifest(text, null);
  } catch {
    note('manifest.json', 'is not what an export wrote');
    return { ...found, manifest_ok: false };
  }
  await verifySignature(folder, prefix, text, found);
  const origins =
    manifest.provenance === undefined ? null : await leavesIn(join(folder, provenanceFile)).catch(() => null);
  if (manifest.provenance !== undefined && origins === null) note(provenanceFile, 'cannot be read');
  const roots: { name: string; rows_root: string }[] = [];
  for (const file of manifest.files) {
    if (!isDataName(file.name)) {
      note('manifest.json', 'names a file outside its folder');
      found.manifest_ok = false;
      continue;
    }
    const path = join(folder, file.name);
    const problem = await hashProblem(path, file.sha256);
    if (problem !== null) note(file.name, problem);
    // What else stands there is not read.
    if (problem === noRegularFile) continue;
    const format = fileFormats[manifest.format];
    const tree = createTree();
    const leaves = origins?.get(file.name);
    let row = 0;
    try {
      for await (const each of format.rows(path, manifest.columns)) {
        row += 1;
        const leaf = leafOf(manifest.columns, each, manifest.format).hash;
        tree.add(leaf);
        if (leaves !== undefined && leaves[row - 1] !== leaf.toString('hex'))
          note(file.name, 'is not the row that provenance.parquet tells of', row);
        const beside = await format.problem?.(path, each);
        if (beside != null) note(file.name, beside, row);
        await lookAt(each, { file: `${prefix}${file.name}`, row, manifest });
      }
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      note(file.name, `cannot be read behind row ${row}`, row + 1);
    }
    found.rows += row;
    if (row !== file.rows) note(file.name, `has ${row} rows, not ${file.rows}`);
    if (file.rows_root !== undefined && tree.root() !== file.rows_root)
      note(file.name, 'its rows do not give its root');
    roots.push({ name: file.name, rows_root: tree.root() });
  }
  if (manifest.rows_root !== undefined && rootOf(roots) !== manifest.rows_root)
    note('manifest.json', 'the rows do not give the root that was signed');
  const sides = [manifest.provenance, manifest.consent?.file, manifest.augmentation?.file];
  for (const { name, sha256 } of [...(manifest.beside ?? []), ...sides.flatMap((side) => side ?? [])]) {
    if (basename(name) !== name) {
      note('manifest.json', 'names a file outside its folder');
      found.manifest_ok = false;
      continue;
    }
    const problem = await hashProblem(join(folder, name), sha256);
    if (problem !== null) note(name, problem);
  }
  return found;
}

async function leavesIn(path: string): Promise<Map<string, string[]>> {
  const leaves = new Map<string, string[]>();
  for await (const each of fileFormats.parquet.rows(path, provenanceColumns)) {
    const { file, row, sha256 } = each as unknown as Provenance;
    const of = leaves.get(file) ?? [];
    leaves.set(file, of);
    of[row] = sha256;
  }
  return leaves;
}

const noRegularFile = 'is no regular file';

async function hashProblem(path: string, sha256: string): Promise<string | null> {
  try {
    if (!(await isRegular(path))) return noRegularFile;
    return (await fileSha256(path)) === sha256 ? null : 'is not the file that was written';
  } catch (error) {
    return `cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
}
