import { Notice } from '../../components/Notice.js';
import { hrefTo } from '../../navigation/hash-params.js';

/** Where a model would be asked, and none is set. */
export function NoModel() {
  return (
    <Notice tone="gray" title="No model is set">
      <p>
        This asks a language model of yours. <a href={hrefTo('/verify/models')}>Add a model</a> and agree to what
        leaves: nothing is sent before.
      </p>
    </Notice>
  );
}
