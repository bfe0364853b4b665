/** Checker of client histories: operations, sequential models, the search of Wing and Gong. */
export { linearizabilityFaults } from './check.ts';
export type { Model } from './model.ts';
export { type Operation, OperationHistory } from './operation.ts';
export { ORDER, type OrderInput, type OrderOutput } from './order-model.ts';
export { REGISTER, type RegisterInput, type RegisterOutput } from './register-model.ts';
export { type Judgement, judgeObject, type Verdict } from './wing-gong.ts';
