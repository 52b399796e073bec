import { describeError } from '../rpc/errors.js';
import { Notice } from './Notice.js';

/** What went wrong beside what it was asked by: message, stable code, next step. */
export function FailureNotice({ error }: { error: unknown }) {
  const { message, code, next } = describeError(error);
  return <Notice tone="red" title={message} code={code} next={next} />;
}
