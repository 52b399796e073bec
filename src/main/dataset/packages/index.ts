import type { PackageId } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import { conversations } from './conversations.js';
import type { Package } from './package.js';

/** Every package a dataset can be made of. */
export const packages = byId(listOf('packages', [conversations])) satisfies Record<PackageId, Package>;
