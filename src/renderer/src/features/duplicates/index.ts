export { DuplicatesPage } from './DuplicatesPage.js';
