import { Command } from 'commander';
import { pushCommand } from './dataset-push.js';
import { renderCommand } from './dataset-render.js';
import { verifyCommand } from './dataset-verify.js';
import { buildCommand, createCommand, diffCommand, listCommand } from './dataset-versions.js';

/** Datasets, their versions, and rows of them. */
export function datasetCommand(): Command {
  const dataset = new Command('dataset').description('datasets, their versions and rows');
  for (const command of [
    listCommand,
    createCommand,
    buildCommand,
    diffCommand,
    pushCommand,
    verifyCommand,
    renderCommand,
  ])
    dataset.addCommand(command());
  return dataset;
}
