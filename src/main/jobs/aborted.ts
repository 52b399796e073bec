import { SluiceError } from '../../shared/errors.js';

/** Why a job was told to stop: somebody cancelled it, or the engine stopped. It is the reason of a job's signal. */
export class JobAborted extends SluiceError {
  constructor(readonly state: 'cancelled' | 'interrupted') {
    super(
      state === 'cancelled' ? 'job_cancelled' : 'job_interrupted',
      state === 'cancelled' ? 'The job was cancelled.' : 'The engine stopped while the job was running.',
    );
  }
}
