import type { TrainerId } from '../../../shared/model/index.js';
import { byId, listOf } from '../../ground/list.js';
import { axolotl } from './axolotl.js';
import { azure } from './azure.js';
import { fireworks } from './fireworks.js';
import { llamafactory } from './llamafactory.js';
import { msSwift } from './ms-swift.js';
import { nemoGym } from './nemo-gym.js';
import { openAi } from './openai.js';
import { openRlhf } from './openrlhf.js';
import { skyrl } from './skyrl.js';
import { together } from './together.js';
import type { Trainer } from './trainer.js';
import { trl } from './trl.js';
import { verl } from './verl.js';

/** Every trainer whose rules are known. */
export const trainers = byId(
  listOf('trainers', [
    trl,
    axolotl,
    llamafactory,
    msSwift,
    verl,
    skyrl,
    openRlhf,
    nemoGym,
    openAi,
    together,
    fireworks,
    azure,
  ]),
) satisfies Record<TrainerId, Trainer>;
