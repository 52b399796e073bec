import { SluiceError } from '../../shared/errors.js';

/** Why a job was told to stop: somebody cancelled it, or the engine stopped. It is the reason of a job's signal. */
export class JobAborted extends SluiceError {
  readonly state: 'cancelled' | 'interrupted';

  constructor(state: 'cancelled' | 'interrupted') {
    super(
      state === 'cancelled' ? 'job_cancelled' : 'job_interrupted',
      state === 'cancelled' ? 'The job was cancelled.' : 'The engine stopped while the job was running.',
    );
    this.state = state;
  }
}

/** What a job ran on ended under it: not the job's own failure. */
export class RunnerCrashed extends SluiceError {
  constructor(cause: string) {
    super('job_failed', `What the job ran on has crashed (${cause}).`);
  }
}
