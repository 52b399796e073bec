export { ComparePage } from './ComparePage.js';
export { type Compared, compareHref } from './side.js';
