import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ScalarFunction;

/** What functions.c is to Tidemark; and, since Flink has no option for it, the faults: job parameters fault.place (before, after) and fault.mean. */
public class Functions {
    /** A Poisson process over the records of this instance; each start draws anew. */
    abstract static class Faulty extends ScalarFunction {
        private transient long left;

        @Override
        public void open(FunctionContext context) {
            boolean isHere = context.getJobParameter("fault.place", "").equals(place());
            double mean = Double.parseDouble(context.getJobParameter("fault.mean", "0"));
            left = isHere ? (long) Math.ceil(-Math.log(1 - Math.random()) * mean) : Long.MAX_VALUE;
        }

        abstract String place();

        void pass() {
            if (--left <= 0)
                throw new RuntimeException("a fault on purpose " + place() + " a record");
        }

        @Override
        public boolean isDeterministic() {
            return false;
        }
    }

    public static class NowMs extends Faulty {
        @Override
        String place() {
            return "before";
        }

        public long eval() {
            pass();
            return System.currentTimeMillis();
        }
    }

    public static class SpendMs extends Faulty {
        @Override
        String place() {
            return "after";
        }

        public long eval(Long before, Integer ms) throws InterruptedException {
            Thread.sleep(ms);
            pass();
            return System.currentTimeMillis();
        }
    }
}
