export { TracePage } from './TracePage.js';
