import { parseArgs } from 'node:util';
import { defaultThreshold, nearDuplicates, openKey } from '../../../src/main/review/index.js';
import { plantedDocuments } from './documents.js';
import { type Agreement, exactClusters, pairAgreement, textAgreement } from './exact.js';
import { datasketch } from './peer.js';

/** Documents that the peer gets: it is some fifty times slower. */
const peerDocuments = 5000;

/**
 * Clusters generated documents with planted near-duplicates, and compares with what word-by-word comparison gives.
 * `bench dedupe [--documents N] [--threshold X] [--seed N] [--python PATH] [--json]`
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      documents: { type: 'string', default: '88803' },
      threshold: { type: 'string', default: String(defaultThreshold) },
      seed: { type: 'string', default: '1' },
      python: { type: 'string', default: 'python3' },
      json: { type: 'boolean', default: false },
    },
  });
  const threshold = Number(values.threshold);
  const planted = plantedDocuments(Number(values.documents), Number(values.seed));
  const measured = async (texts: string[]) => {
    const begun = performance.now();
    const cpu = process.cpuUsage();
    const clusters = await nearDuplicates(texts, threshold, openKey);
    const { user, system } = process.cpuUsage(cpu);
    return { clusters, seconds: (performance.now() - begun) / 1000, cpu: (user + system) / 1e6 };
  };
  const { clusters, seconds, cpu } = await measured(planted.texts);
  const exact = exactClusters(planted, threshold);
  const sizes = new Map<number, number>();
  for (const cluster of clusters) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const many = [...sizes.values()].filter((size) => size > 1);
  const result = {
    documents: planted.texts.length,
    words: planted.texts.reduce((sum, text) => sum + text.split(' ').length, 0),
    threshold,
    clusters: many.length,
    duplicates: many.reduce((sum, size) => sum + size - 1, 0),
    seconds,
    cpu_seconds: cpu,
    pairs: pairAgreement(clusters, exact),
    texts: textAgreement(clusters, exact),
  };
  const some = { texts: planted.texts.slice(0, peerDocuments) };
  const ours = await measured(some.texts);
  const theirs = datasketch(values.python, some.texts, threshold);
  const peer =
    'absent' in theirs
      ? theirs
      : {
          version: theirs.version,
          documents: some.texts.length,
          seconds: theirs.seconds,
          sluice_seconds: ours.seconds,
          pairs: pairAgreement(theirs.clusters, exact.subarray(0, some.texts.length)),
          sluice_pairs: pairAgreement(ours.clusters, exact.subarray(0, some.texts.length)),
        };
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ ...result, peer })}\n`);
    return;
  }
  const { documents, words } = result;
  const lines = [
    `${documents} documents of ${Math.round(words / documents)} words on average, threshold ${threshold}`,
    `${result.clusters} clusters, ${result.duplicates} duplicates in ${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of processor time)`,
    `against exact Jaccard: pairs ${three(result.pairs)}, documents ${three(result.texts)}`,
    'absent' in peer
      ? `datasketch: left out (${peer.absent})`
      : `datasketch ${peer.version}: ${peer.documents} documents in ${peer.seconds.toFixed(1)} s (here ${peer.sluice_seconds.toFixed(1)} s), pairs ${three(peer.pairs)} (here ${three(peer.sluice_pairs)})`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const three = ({ precision, recall, f1 }: Agreement) =>
  `precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}, F1 ${f1.toFixed(4)}`;
