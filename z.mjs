// calibrate: fixed pure cpu loop
for(let r=0;r<5;r++){const t=performance.now(); let x=0; for(let i=0;i<2e8;i++){x=(x*31+i)|0;} console.log((performance.now()-t).toFixed(0),x);}
