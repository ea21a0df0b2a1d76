package io.plotpalette.model.template.jinja;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.GarbageCollectionNotificationInfo;
import io.plotpalette.model.template.JsonValues;
import io.plotpalette.model.template.jinja.HostileTemplates.Ending;
import io.plotpalette.model.template.jinja.HostileTemplates.Payload;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * The process hostile templates run in: reads the number of a payload, renders it and answers how
 * it ended and what it used up.
 */
final class HostileTemplateChild {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Of the heap, after any collection, since it was last set back; in bytes. */
  private static final AtomicLong LARGEST_LIVE = new AtomicLong();

  private HostileTemplateChild() {}

  public static void main(String[] args) throws IOException {
    watchCollections();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    // The classes are loaded before anything is measured.
    Rendering.render("{{ 'a'|upper }}{% for i in range(3) %}{{ i }}{% endfor %}", "{}");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(answer(HostileTemplates.ALL.get(Integer.parseInt(line))));
    }
  }

  private static String answer(Payload payload) throws IOException {
    Map<String, Object> data = JsonValues.fields(JSON.readTree(payload.data()));
    long before = liveBytes();
    LARGEST_LIVE.set(before);
    long cpu = threads().getCurrentThreadCpuTime();
    long allocated = threads().getCurrentThreadAllocatedBytes();
    Ending ending;
    String message;
    try {
      message = Rendering.render(payload.template(), data);
      ending = Ending.TEXT;
    } catch (TemplateSyntaxException e) {
      ending = Ending.REFUSED;
      message = e.getMessage();
    } catch (TemplateRenderException e) {
      ending = Ending.STOPPED;
      message = e.getMessage();
    }
    allocated = threads().getCurrentThreadAllocatedBytes() - allocated;
    cpu = threads().getCurrentThreadCpuTime() - cpu;
    long live = Math.max(LARGEST_LIVE.get(), liveBytes()) - before;
    String alive = Rendering.render("{{ 40 + 2 }}", "{}");
    return String.join(
        "\t",
        ending.name(),
        Long.toString(cpu / 1_000_000),
        // What was allocated altogether bounds the growth where no collection saw it.
        Long.toString(Math.min(live, allocated)),
        alive,
        JSON.writeValueAsString(message.length() > 500 ? message.substring(0, 500) : message));
  }

  private static com.sun.management.ThreadMXBean threads() {
    return (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
  }

  private static long liveBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void watchCollections() {
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector)
          .addNotificationListener(
              (notification, handback) -> {
                Map<String, MemoryUsage> after =
                    GarbageCollectionNotificationInfo.from(
                            (CompositeData) notification.getUserData())
                        .getGcInfo()
                        .getMemoryUsageAfterGc();
                long heap =
                    after.entrySet().stream()
                        .filter(pool -> pool.getKey().matches(".*(Eden|Survivor|Tenured|Old).*"))
                        .mapToLong(pool -> pool.getValue().getUsed())
                        .sum();
                LARGEST_LIVE.accumulateAndGet(heap, Math::max);
              },
              null,
              null);
    }
  }
}
