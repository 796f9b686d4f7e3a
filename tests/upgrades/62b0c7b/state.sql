BEGIN TRANSACTION;
CREATE TABLE brought_image (reference TEXT PRIMARY KEY);
CREATE TABLE event (
    namespace TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, uid TEXT NOT NULL, type TEXT NOT NULL,
    reason TEXT NOT NULL, message TEXT NOT NULL, count INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL,
    UNIQUE (namespace, kind, name, uid, reason, message)
);
INSERT INTO "event" VALUES('default','DaemonSet','agent','','Normal','SuccessfulCreate','Created pod: agent-lc468',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Job','migration','','Normal','SuccessfulCreate','Created pod: migration-m6zx8',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Job','worker','','Normal','SuccessfulCreate','Created pod: worker-dw9hw',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','ReplicaSet','copies','','Normal','SuccessfulCreate','Created pod: copies-stw7b',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','ReplicationController','elder','','Normal','SuccessfulCreate','Created pod: elder-x8mgm',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','StatefulSet','store','','Normal','SuccessfulCreate','create Pod store-0 in StatefulSet store successful',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Deployment','web','','Normal','ScalingReplicaSet','Scaled up version xs8tbh2dtw to 2',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','agent-lc468','11ac33b2-53b7-3ae6-e348-be2094b2bd08','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-rzcx9','9c02ee85-687b-bdcd-ca90-35b76e698a3b','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-x4rt4','2541dcbe-b22e-cadd-759c-ad93a686406c','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','migration-m6zx8','f1b1c0cf-14a5-6e32-433c-8a3ad073dc92','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','worker-dw9hw','2c8151af-d35b-9d22-bf70-e7ee47deb1ae','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','done','4ac8afb1-0f9a-c01c-e742-c08e4a697700','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','near','7ddc54e9-3518-afb4-05d3-209e1d6532e1','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','copies-stw7b','b3648d09-3e55-e008-f8dd-f9883ba5dd0c','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','elder-x8mgm','82012a74-d0a5-5e99-127e-bff7674c3dde','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','store-0','f737fbed-cbc7-f639-b385-8d655db36b87','Normal','Scheduled','Assigned to this engine, as commit 7d4d1a7039a0 asks',1,<-26.749787>,<-26.749787>);
INSERT INTO "event" VALUES('default','Pod','near','7ddc54e9-3518-afb4-05d3-209e1d6532e1','Normal','Created','Created container main',1,<-25.589885>,<-25.589885>);
INSERT INTO "event" VALUES('default','Pod','agent-lc468','11ac33b2-53b7-3ae6-e348-be2094b2bd08','Normal','Created','Created container main',1,<-24.569782>,<-24.569782>);
INSERT INTO "event" VALUES('default','Pod','near','7ddc54e9-3518-afb4-05d3-209e1d6532e1','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_near_main_7ddc54e9-3518-afb4-05d3-209e1d6532e1_0>,<StartedAt INSTANCE_default_near_main_7ddc54e9-3518-afb4-05d3-209e1d6532e1_0>);
INSERT INTO "event" VALUES('default','Pod','worker-dw9hw','2c8151af-d35b-9d22-bf70-e7ee47deb1ae','Normal','Created','Created container main',1,<-24.031050>,<-24.031050>);
INSERT INTO "event" VALUES('default','Pod','done','4ac8afb1-0f9a-c01c-e742-c08e4a697700','Normal','Created','Created container main',1,<-24.030114>,<-24.030114>);
INSERT INTO "event" VALUES('default','Pod','agent-lc468','11ac33b2-53b7-3ae6-e348-be2094b2bd08','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_agent-lc468_main_11ac33b2-53b7-3ae6-e348-be2094b2bd08_0>,<StartedAt INSTANCE_default_agent-lc468_main_11ac33b2-53b7-3ae6-e348-be2094b2bd08_0>);
INSERT INTO "event" VALUES('default','Pod','done','4ac8afb1-0f9a-c01c-e742-c08e4a697700','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_done_main_4ac8afb1-0f9a-c01c-e742-c08e4a697700_0>,<StartedAt INSTANCE_default_done_main_4ac8afb1-0f9a-c01c-e742-c08e4a697700_0>);
INSERT INTO "event" VALUES('default','Pod','worker-dw9hw','2c8151af-d35b-9d22-bf70-e7ee47deb1ae','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_worker-dw9hw_main_2c8151af-d35b-9d22-bf70-e7ee47deb1ae_0>,<StartedAt INSTANCE_default_worker-dw9hw_main_2c8151af-d35b-9d22-bf70-e7ee47deb1ae_0>);
INSERT INTO "event" VALUES('default','Pod','copies-stw7b','b3648d09-3e55-e008-f8dd-f9883ba5dd0c','Normal','Created','Created container main',1,<-22.339823>,<-22.339823>);
INSERT INTO "event" VALUES('default','Pod','migration-m6zx8','f1b1c0cf-14a5-6e32-433c-8a3ad073dc92','Normal','Created','Created container main',1,<-21.820592>,<-21.820592>);
INSERT INTO "event" VALUES('default','Pod','elder-x8mgm','82012a74-d0a5-5e99-127e-bff7674c3dde','Normal','Created','Created container main',1,<-21.738934>,<-21.738934>);
INSERT INTO "event" VALUES('default','Pod','copies-stw7b','b3648d09-3e55-e008-f8dd-f9883ba5dd0c','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_copies-stw7b_main_b3648d09-3e55-e008-f8dd-f9883ba5dd0c_0>,<StartedAt INSTANCE_default_copies-stw7b_main_b3648d09-3e55-e008-f8dd-f9883ba5dd0c_0>);
INSERT INTO "event" VALUES('default','Pod','migration-m6zx8','f1b1c0cf-14a5-6e32-433c-8a3ad073dc92','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_migration-m6zx8_main_f1b1c0cf-14a5-6e32-433c-8a3ad073dc92_0>,<StartedAt INSTANCE_default_migration-m6zx8_main_f1b1c0cf-14a5-6e32-433c-8a3ad073dc92_0>);
INSERT INTO "event" VALUES('default','Pod','elder-x8mgm','82012a74-d0a5-5e99-127e-bff7674c3dde','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_elder-x8mgm_main_82012a74-d0a5-5e99-127e-bff7674c3dde_0>,<StartedAt INSTANCE_default_elder-x8mgm_main_82012a74-d0a5-5e99-127e-bff7674c3dde_0>);
INSERT INTO "event" VALUES('default','Job','migration','','Normal','Completed','Job completed',1,<-20.936870>,<-20.936870>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-rzcx9','9c02ee85-687b-bdcd-ca90-35b76e698a3b','Normal','Created','Created container main',1,<-20.613198>,<-20.613198>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-rzcx9','9c02ee85-687b-bdcd-ca90-35b76e698a3b','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_web-xs8tbh2dtw-rzcx9_main_9c02ee85-687b-bdcd-ca90-35b76e698a3b_0>,<StartedAt INSTANCE_default_web-xs8tbh2dtw-rzcx9_main_9c02ee85-687b-bdcd-ca90-35b76e698a3b_0>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-x4rt4','2541dcbe-b22e-cadd-759c-ad93a686406c','Normal','Created','Created container main',1,<-19.809545>,<-19.809545>);
INSERT INTO "event" VALUES('default','Pod','store-0','f737fbed-cbc7-f639-b385-8d655db36b87','Normal','Created','Created container main',1,<-19.276571>,<-19.276571>);
INSERT INTO "event" VALUES('default','Pod','store-0','f737fbed-cbc7-f639-b385-8d655db36b87','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_store-0_main_f737fbed-cbc7-f639-b385-8d655db36b87_0>,<StartedAt INSTANCE_default_store-0_main_f737fbed-cbc7-f639-b385-8d655db36b87_0>);
INSERT INTO "event" VALUES('default','Pod','web-xs8tbh2dtw-x4rt4','2541dcbe-b22e-cadd-759c-ad93a686406c','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_web-xs8tbh2dtw-x4rt4_main_2541dcbe-b22e-cadd-759c-ad93a686406c_0>,<StartedAt INSTANCE_default_web-xs8tbh2dtw-x4rt4_main_2541dcbe-b22e-cadd-759c-ad93a686406c_0>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Created','Created container prepare',1,<-17.144994>,<-17.144994>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Started','Started container prepare',1,<StartedAt INSTANCE_default_rich_prepare_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,<StartedAt INSTANCE_default_rich_prepare_85c7d1fc-2def-caad-aabf-ed24273c712f_0>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Created','Created container sidecar',1,<-15.900563>,<-15.900563>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Started','Started container sidecar',1,<StartedAt INSTANCE_default_rich_sidecar_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,<StartedAt INSTANCE_default_rich_sidecar_85c7d1fc-2def-caad-aabf-ed24273c712f_0>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Created','Created container main',1,<-14.128273>,<-14.128273>);
INSERT INTO "event" VALUES('default','Pod','rich','85c7d1fc-2def-caad-aabf-ed24273c712f','Normal','Started','Started container main',1,<StartedAt INSTANCE_default_rich_main_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,<StartedAt INSTANCE_default_rich_main_85c7d1fc-2def-caad-aabf-ed24273c712f_0>);
CREATE TABLE failure (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, count INTEGER NOT NULL, at REAL NOT NULL, message TEXT NOT NULL
);
INSERT INTO "failure" VALUES('4ac8afb1-0f9a-c01c-e742-c08e4a697700/rest','mend',1,<-20.836552>,'it was done and did not last');
INSERT INTO "failure" VALUES('f1b1c0cf-14a5-6e32-433c-8a3ad073dc92/rest','mend',1,<-19.739850>,'it was done and did not last');
CREATE TABLE good_revision (source TEXT PRIMARY KEY, commit_hash TEXT NOT NULL, at REAL NOT NULL);
INSERT INTO "good_revision" VALUES('REPOSITORY#main:','7d4d1a7039a06307ad2fa385cb3712887b904bf8',<-26.829394>);
CREATE TABLE health (
    container TEXT PRIMARY KEY, run REAL NOT NULL, post_started_at REAL, started_at REAL, ready_since REAL,
    unready_since REAL, failed TEXT NOT NULL, failed_by TEXT NOT NULL
);
INSERT INTO "health" VALUES('<INSTANCE_default_rich_sidecar_85c7d1fc-2def-caad-aabf-ed24273c712f_0>',<StartedAt INSTANCE_default_rich_sidecar_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,NULL,<-14.237691>,NULL,NULL,'','');
INSERT INTO "health" VALUES('<INSTANCE_default_rich_main_85c7d1fc-2def-caad-aabf-ed24273c712f_0>',<StartedAt INSTANCE_default_rich_main_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,<-13.458806>,<-13.432929>,<-13.403831>,NULL,'','');
CREATE TABLE image_digest (
    reference TEXT PRIMARY KEY, first TEXT NOT NULL, latest TEXT NOT NULL, at REAL NOT NULL
);
CREATE TABLE lasting (name TEXT PRIMARY KEY, since REAL NOT NULL);
CREATE TABLE node_condition (name TEXT PRIMARY KEY, since REAL NOT NULL, met_at REAL NOT NULL);
CREATE TABLE pull (
    reference TEXT PRIMARY KEY, done INTEGER NOT NULL, total INTEGER NOT NULL, layers_done INTEGER NOT NULL,
    layers INTEGER NOT NULL, at REAL NOT NULL
);
CREATE TABLE refused_revision (source TEXT PRIMARY KEY, commit_hash TEXT NOT NULL);
CREATE TABLE resized (uid TEXT PRIMARY KEY, template TEXT NOT NULL);
CREATE TABLE standing_order (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, verb TEXT NOT NULL, argument TEXT NOT NULL,
    at REAL NOT NULL, about TEXT NOT NULL, PRIMARY KEY (kind, namespace, name, verb)
);
CREATE TABLE workload (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (kind, namespace, name)
);
INSERT INTO "workload" VALUES('CronJob','default','yearly','{"createdAt":<-26.749787>,"followedUntil":<-26.749787>,"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[{"command":["/bin/true"],"image":"gitpod-sync-test/upgrade:62b0c7b","name":"main"}],"restartPolicy":"Never"}}}},"schedule":"0 0 1 1 *"}}');
INSERT INTO "workload" VALUES('DaemonSet','default','agent','{"revisions":[{"commit":"7d4d1a7039a06307ad2fa385cb3712887b904bf8","hash":"dpn4lw9gw4","number":1,"template":{"metadata":{"labels":{"app":"agent"}},"spec":{"containers":[{"command":["sleep","1000000"],"image":"gitpod-sync-test/upgrade:62b0c7b","name":"main","securityContext":{"seccompProfile":{"type":"Unconfined"}}}],"terminationGracePeriodSeconds":2}}}]}');
INSERT INTO "workload" VALUES('Job','default','worker','{"createdAt":<-26.749787>,"spec":{"template":{"spec":{"containers":[{"command":["sleep","1000000"],"image":"gitpod-sync-test/upgrade:62b0c7b","name":"main"}],"restartPolicy":"OnFailure","terminationGracePeriodSeconds":2}}},"startedAt":<-26.749787>,"uid":"a3cc8a01-8650-e70d-8882-661e923a95d3"}');
INSERT INTO "workload" VALUES('Pod','default','near','{}');
INSERT INTO "workload" VALUES('StatefulSet','default','store','{"claims":["data"],"current":"8swq9td4s6","revisions":[{"commit":"7d4d1a7039a06307ad2fa385cb3712887b904bf8","hash":"8swq9td4s6","number":1,"template":{"metadata":{"labels":{"app":"store"}},"spec":{"containers":[{"command":["sleep","1000000"],"image":"gitpod-sync-test/upgrade:62b0c7b","name":"main","volumeMounts":[{"mountPath":"/data","name":"data","subPath":"own"}]}],"securityContext":{"fsGroup":2000},"subdomain":"store","terminationGracePeriodSeconds":2,"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]}}}]}');
INSERT INTO "workload" VALUES('Pod','default','done','{"commit":"7d4d1a7039a06307ad2fa385cb3712887b904bf8","createdAt":<-26.238739>,"ended":{"main":{"finishedAt":<FinishedAt INSTANCE_default_done_main_4ac8afb1-0f9a-c01c-e742-c08e4a697700_0>,"startedAt":<StartedAt INSTANCE_default_done_main_4ac8afb1-0f9a-c01c-e742-c08e4a697700_0>}},"outcome":"Succeeded","templateHash":"2tjxs2qmrz","uid":"4ac8afb1-0f9a-c01c-e742-c08e4a697700"}');
INSERT INTO "workload" VALUES('Job','default','migration','{"conditions":[{"message":"Reached expected number of succeeded pods","reason":"CompletionsReached","since":<-20.936870>,"type":"SuccessCriteriaMet"},{"message":"Reached expected number of succeeded pods","reason":"CompletionsReached","since":<-20.936870>,"type":"Complete"}],"counted":["f1b1c0cf-14a5-6e32-433c-8a3ad073dc92"],"createdAt":<-26.749787>,"spec":{"template":{"spec":{"containers":[{"command":["/bin/true"],"image":"gitpod-sync-test/upgrade:62b0c7b","name":"main"}],"restartPolicy":"Never","terminationGracePeriodSeconds":2}}},"startedAt":<-26.749787>,"succeeded":1,"uid":"6dfbc58f-0640-cefd-b845-c31a0b22c4fe"}');
INSERT INTO "workload" VALUES('Deployment','default','web','{"availability":{"enough":true,"since":<-17.410424>},"good":"xs8tbh2dtw","most":3,"progress":{"available":2,"ready":2,"reason":"NewReplicaSetAvailable","since":<-26.749787>,"updated":2,"updatedAt":<-17.410424>,"version":"xs8tbh2dtw"},"replicas":2,"revisions":[{"commit":"7d4d1a7039a06307ad2fa385cb3712887b904bf8","hash":"xs8tbh2dtw","number":1,"template":{"metadata":{"annotations":{"gitpod-sync.io/config-digest":"031f8db9.f0abf4c0ff6ac81620c55eb101532baf","gitpod-sync.io/restart-on-config-change":"true"},"labels":{"app":"web"}},"spec":{"containers":[{"command":["sleep","1000000"],"image":"gitpod-sync-test/upgrade:62b0c7b","lifecycle":{"stopSignal":"SIGTERM"},"name":"main","resources":{"limits":{"cpu":"10m","memory":"8Mi"},"requests":{"cpu":"10m","memory":"8Mi"}},"volumeMounts":[{"mountPath":"/config","name":"config"}]}],"os":{"name":"linux"},"shareProcessNamespace":true,"terminationGracePeriodSeconds":2,"volumes":[{"configMap":{"name":"settings"},"name":"config"}]}}}],"sizes":[{"hash":"xs8tbh2dtw","size":2}]}');
INSERT INTO "workload" VALUES('Pod','default','rich','{"commit":"7d4d1a7039a06307ad2fa385cb3712887b904bf8","createdAt":<-26.221263>,"ended":{"prepare":{"finishedAt":<FinishedAt INSTANCE_default_rich_prepare_85c7d1fc-2def-caad-aabf-ed24273c712f_0>,"startedAt":<StartedAt INSTANCE_default_rich_prepare_85c7d1fc-2def-caad-aabf-ed24273c712f_0>}},"templateHash":"ppr7fmzvdv","uid":"85c7d1fc-2def-caad-aabf-ed24273c712f"}');
INSERT INTO "workload" VALUES('HorizontalPodAutoscaler','default','web','{"beganAt":<-26.749787>,"found":[{"average":0,"metric":{"resource":{"name":"cpu","target":{"averageUtilization":80,"type":"Utilization"}},"type":"Resource"},"replicas":0,"share":0}],"lookedAt":<-2.119432>,"pace":"ScaleDownStabilized","recommendations":[{"at":<-26.749787>,"replicas":2},{"at":<-2.119432>,"replicas":0}],"replicas":2}');
CREATE TABLE written (volume TEXT PRIMARY KEY, digest TEXT NOT NULL);
INSERT INTO "written" VALUES('f737fbed-cbc7-f639-b385-8d655db36b87/volumes/data','031f8db9.4954328719f47b1fedff68353d0c6d67');
INSERT INTO "written" VALUES('9c02ee85-687b-bdcd-ca90-35b76e698a3b/volumes/config','031f8db9.583486f4630bae12213b8f093a8e39f7');
INSERT INTO "written" VALUES('2541dcbe-b22e-cadd-759c-ad93a686406c/volumes/config','031f8db9.3c806de714b00494d8e87c6555653415');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/work','031f8db9.d3263a066bcb2b27536351eb8f1bc9ed');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/config','031f8db9.f0df42f3f198374c115e5f73e8bc1a57');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/login','031f8db9.329c7ca19f844e48d089bd5081645555');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/about','031f8db9.efeec9366bd7aebe81d28a2f9b932068');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/both','031f8db9.f27f7439fe354fb9bd415721f88290c8');
INSERT INTO "written" VALUES('85c7d1fc-2def-caad-aabf-ed24273c712f/volumes/node','031f8db9.f645491e61bd3dcbb173b725a30751d7');
CREATE INDEX event_last_at ON event (last_at);
COMMIT;
PRAGMA user_version=1;
