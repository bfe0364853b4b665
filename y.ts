import { Ledger } from '@baton/ledger';
import inspector from 'node:inspector';
import { START_US, STEP_US, Workload } from './bench/ledger/workload.ts';
const N=Number(process.argv[2]??20000); const only=process.argv[3];
const w=new Workload(); const entries=[...w.begin(), ...w.orders({orders:N,block:200,keptOpen:2,openMax:10000})].slice(1);
const s=new inspector.Session(); s.connect(); const post=(m:string,p?:any)=>new Promise<any>((r,j)=>s.post(m,p,(e,v)=>e?j(e):r(v)));
async function run(prof:boolean){ const ledger=new Ledger(); let i=0; let n=0;
 const acc=new Map<string,number>();
 for(let at=0;at<entries.length;){ const kind=entries[at]!.kind; const p=prof&&kind===only&&at>5000&&at<60000; if(p) await post('HeapProfiler.startSampling',{samplingInterval:512,includeObjectsCollectedByMajorGC:true,includeObjectsCollectedByMinorGC:true});
 while(at<entries.length && entries[at]!.kind===kind){ i++; ledger.apply({index:i,term:1,timeUs:START_US+i*STEP_US,command:entries[at]!.command}); at++; if(p)n++; }
 if(p){ const {profile}=await post('HeapProfiler.stopSampling'); const walk=(node:any,path:string[])=>{const k=node.callFrame.functionName+' '+node.callFrame.url.replace(/.*\//,'')+':'+node.callFrame.lineNumber; acc.set(k,(acc.get(k)??0)+node.selfSize); for(const c of node.children) walk(c,path);}; walk(profile.head,[]); } }
 if(prof){ let t=0; for(const v of acc.values()) t+=v; console.log(only,n,'per op',(t/n).toFixed(0)); for(const [k,v] of [...acc].sort((a,b)=>b[1]-a[1]).slice(0,40)) console.log((v/n).toFixed(0).padStart(7),k); }
}
await run(false); await run(true);
