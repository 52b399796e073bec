import type { LanguageModels } from '../ground/language-model.js';

/** Language models, and the profiles that they are asked by. */
export interface AskingModels {
  models: LanguageModels;
  profiles: {
    /** @throws SluiceError `model_profile_missing` */
    get(name: string): { model: string };
    /** Throws what would stop the first call: nobody agreed, no key, no price for a budget. */
    refuseUnready(name: string, budgeted: boolean): void;
  };
}
