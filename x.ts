import { Ledger } from '@baton/ledger';
import v8 from 'node:v8';
import { START_US, STEP_US, Workload } from './bench/ledger/workload.ts';
const N=Number(process.argv[2]??30000);
const w=new Workload(); const entries=[...w.begin(), ...w.orders({orders:N,block:200,keptOpen:2,openMax:10000})].slice(1);
function run(){ const ledger=new Ledger(); let i=0; const sum:any={};
 for(let at=0;at<entries.length;){ const kind=entries[at]!.kind; const from=at; const b0=v8.getHeapStatistics().total_allocated_bytes; const c0=performance.now();
 while(at<entries.length && entries[at]!.kind===kind){ i++; const {result}=ledger.apply({index:i,term:1,timeUs:START_US+i*STEP_US,command:entries[at]!.command}); if(!result.ok) throw new Error(JSON.stringify(result)); at++; }
 const c=(performance.now()-c0)*1000; const b=v8.getHeapStatistics().total_allocated_bytes-b0;
 (sum[kind]??={us:[],b:[]}).us.push(c/(at-from)); sum[kind].b.push(b/(at-from)); if(kind==='fill'&&process.argv[4]) ledger.hash(); }
const med=(a:number[])=>{a.sort((x,y)=>x-y);return a[a.length>>1]!;};
console.log(Object.keys(sum).slice(1).map(k=>`${k} ${med(sum[k].us).toFixed(2)} us (p10 ${sum[k].us[Math.floor(sum[k].us.length/10)].toFixed(2)}) ${med(sum[k].b).toFixed(0)} B`).join('   ')); }
for(let k=0;k<Number(process.argv[3]??3);k++)run();
