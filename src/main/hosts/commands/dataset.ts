import { Command } from 'commander';
import { renderCommand } from './dataset-render.js';

/** Datasets, and rows of them. */
export function datasetCommand(): Command {
  return new Command('dataset').description('datasets, their versions and rows').addCommand(renderCommand());
}
