import { SluiceError } from '../../shared/errors.js';

const messages = {
  cancelled: 'The job was cancelled.',
  paused: 'The job was paused.',
  interrupted: 'The engine stopped while the job was running.',
} as const;

/** Why a job was told to stop: somebody cancelled or paused it, or the engine stopped. It is the reason of a job's signal. */
export class JobAborted extends SluiceError {
  readonly state: keyof typeof messages;

  constructor(state: keyof typeof messages) {
    super(`job_${state}`, messages[state]);
    this.state = state;
  }
}

/** What a job ran on ended under it: not the job's own failure. */
export class RunnerCrashed extends SluiceError {
  constructor(cause: string) {
    super('job_failed', `What the job ran on has crashed (${cause}).`);
  }
}
