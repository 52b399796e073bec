import { Notice } from '../../components/Notice.js';
import { hrefTo } from '../../navigation/hash-params.js';

/** Where a judge would be asked, and no model is set. */
export function NoModel() {
  return (
    <Notice tone="gray" title="No model is set">
      <p>
        Judges ask a language model of yours. <a href={hrefTo('/verify/models')}>Add a model</a> and agree to what
        leaves: nothing is sent before.
      </p>
    </Notice>
  );
}
