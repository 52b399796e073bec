export { ConsentFact } from './ConsentFact.js';
export { ConsentFields } from './ConsentFields.js';
export { basisTitles, termsTitles, unstatedConsent } from './words.js';
