export { ConsentFact } from './ConsentFact.js';
export { ConsentFields } from './ConsentFields.js';
export { basisTitles, nothingSaid, termsTitles } from './words.js';
