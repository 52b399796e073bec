import { initial } from './001-initial.js';
import { intake } from './002-intake.js';
import type { Migration } from './migration.js';

export const migrations: readonly Migration[] = [initial, intake];
