import { Ledger } from '@baton/ledger';
import { START_US, STEP_US, Workload } from './bench/ledger/workload.ts';
import { PerformanceObserver } from 'node:perf_hooks';
const N=Number(process.argv[2]??30000);
const w=new Workload(); 
const m=(t:string)=>{globalThis.gc!();globalThis.gc!();const u=process.memoryUsage();console.log(t,'heapUsed',(u.heapUsed/1e6).toFixed(1),'ext',(u.external/1e6).toFixed(1),'rss',(u.rss/1e6).toFixed(0));};
m('start');
const ledger=new Ledger(); let i=0;
for(const e of w.begin()) if(e.kind!=='begin') ledger.apply({index:++i,term:1,timeUs:START_US+i*STEP_US,command:e.command});
let n=0;
for(const e of w.orders({orders:N,block:200,keptOpen:20,openMax:10000})){ ledger.apply({index:++i,term:1,timeUs:START_US+i*STEP_US,command:e.command}); if(e.kind==='submit'&&(++n)%20000===0) m(`${n} orders, open ${ledger.status().orders.open}`);}
