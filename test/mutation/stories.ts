// What holds the register and needs no database, in one file: a change is tried once with all of it loaded, and stories,
// which are quick, come before what holds for all histories.
import '../scenarios/thirty-four/explain.test.js';
import '../scenarios/back-in-hospital.test.js';
import '../scenarios/clocks.test.js';
import '../scenarios/codes-and-endings.test.js';
import '../scenarios/corrections.test.js';
import '../scenarios/discharge.test.js';
import '../scenarios/fhir-doubt.test.js';
import '../scenarios/fhir.test.js';
import '../scenarios/leaving.test.js';
import '../scenarios/legal-status.test.js';
import '../scenarios/no-news.test.js';
import '../scenarios/period-told-twice.test.js';
import '../scenarios/regressions.test.js';
import '../scenarios/which-council.test.js';
import '../scenarios/who-decides.test.js';
import '../scenarios/feeds/obx.test.js';
import '../scenarios/feeds/record-systems.test.js';
import '../scenarios/feeds/two-feeds.test.js';
import '../register/back-in-hospital.test.js';
import '../register/decisions.test.js';
import '../register/departures.test.js';
import '../register/detentions.test.js';
import './few-histories.js';
import '../properties/conclusions.test.js';
import '../properties/endings.test.js';
import '../properties/order.test.js';
