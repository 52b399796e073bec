import type { Principal } from '../../../shared/contract/operation.js';
import type { ExportOptions } from '../../../shared/model/index.js';
import { checkScope } from '../../api/index.js';
import { encodingNames } from '../../dataset/render/index.js';

/** Which files of this machine are read is for those to say who run it, whatever a preview shows of them. Throws `forbidden`. */
export function mayNameFiles({ context }: Pick<ExportOptions, 'context'>, principal: Principal): void {
  if (context === undefined || (encodingNames as string[]).includes(context.tokenizer)) return;
  checkScope(principal, 'admin');
}
