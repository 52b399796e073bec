export { BulkJudgeDialog } from './BulkJudgeDialog.js';
export { JudgementsTab } from './JudgementsTab.js';
export { JudgeTab } from './JudgeTab.js';
export { PairForm } from './PairForm.js';
export { RubricsTab } from './RubricsTab.js';
