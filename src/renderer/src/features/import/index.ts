export { ImportPage } from './ImportPage.js';
export { useDroppedFiles } from './use-dropped-files.js';
