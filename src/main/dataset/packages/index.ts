import type { PackageId } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import { conversations } from './conversations.js';
import { decisionMaking } from './decision-making.js';
import { domainSpecific } from './domain-specific.js';
import { errorHandling } from './error-handling.js';
import { harborTaskPackage } from './harbor-task.js';
import { judgeTraining } from './judge-training.js';
import { kdMix } from './kd-mix.js';
import { multiAgentCoordination } from './multi-agent-coordination.js';
import type { Package } from './package.js';
import { performanceOptimization } from './performance-optimization.js';
import { preference } from './preference.js';
import { processSupervision } from './process-supervision.js';
import { qualityImprovement } from './quality-improvement.js';
import { toolSelection } from './tool-selection.js';
import { userInteraction } from './user-interaction.js';
import { workflowOptimization } from './workflow-optimization.js';

/** Every package a dataset can be made of. */
export const packages = byId(
  listOf('packages', [
    conversations,
    decisionMaking,
    toolSelection,
    errorHandling,
    workflowOptimization,
    multiAgentCoordination,
    domainSpecific,
    performanceOptimization,
    qualityImprovement,
    userInteraction,
    processSupervision,
    preference,
    kdMix,
    harborTaskPackage,
    judgeTraining,
  ]),
) satisfies Record<PackageId, Package>;
