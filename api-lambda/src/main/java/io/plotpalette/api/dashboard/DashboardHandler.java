package io.plotpalette.api.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.api.jobs.Job;
import io.plotpalette.api.jobs.JobStore;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobProgress.Counts;
import io.plotpalette.model.money.Money;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.crac.Core;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** Serves the operation tagged {@code dashboard}. */
public final class DashboardHandler extends ApiHandler {
  private static final String NOBODYS_JOB = "00000000-0000-7000-8000-000000000000";

  private final Router router;
  private final JobStore jobs;
  private final Supplier<TransferBucket> bucket;

  /** For Lambda: configured by the environment. */
  public DashboardHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private DashboardHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        RequestLog.of("dashboard", System::getenv, throttles::drain));
  }

  public DashboardHandler(ApiConfig config, ApiClients clients) {
    this(config, clients, RequestLog.of("dashboard", System::getenv, () -> 0));
  }

  private DashboardHandler(ApiConfig config, ApiClients clients, RequestLog log) {
    super(PrimingRequest.get("/v1/dashboard/{job_id}", Map.of(JobAttribute.JOB_ID, NOBODYS_JOB)));
    this.jobs = new JobStore(clients.dynamoDb(), config.datasets());
    this.bucket = clients.files();
    this.router =
        Router.of(ApiContract.packaged(), "dashboard", Map.of("getDashboard", this::get)).with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse get(ApiRequest request) {
    Job job =
        jobs.find(request.userId(), request.pathParameter(JobAttribute.JOB_ID))
            .orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
    boolean isArchived = isArchived(job.progress());
    // Files move without a write to the job.
    long version = 2 * job.version() + (isArchived ? 1 : 0);
    ApiResponse response =
        request.hasVersion(version)
            ? ApiResponse.notModified()
            : ApiResponse.json(200, json(job, isArchived));
    return response.withHeader("ETag", ETag.of(version));
  }

  private static ObjectNode json(Job job, boolean isArchived) {
    JobDefinition definition = job.definition();
    JobProgress progress = job.progress();
    Counts counts = progress.figures().counts();
    long left = counts.ok() + counts.failed() + counts.rejected();
    Money limit = definition.terms().budgetLimit();
    Money used = progress.figures().spend().cost().plus(progress.figures().spend().reserved());
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put(JobAttribute.JOB_ID, definition.jobId());
    json.put("name", definition.name());
    json.put("cancel_requested", definition.cancelRequestedAt() != null);
    // Tenths of a percent, rounded down: 100 means that nothing is missing.
    json.put("percent", Math.floorDiv(1_000 * left, counts.requested()) / 10.0);
    json.put("budget_limit_usd", limit.toUsd());
    json.put("budget_left_usd", used.compareTo(limit) > 0 ? "0.00" : limit.minus(used).toUsd());
    ObjectNode figures = JobJson.write(progress);
    figures.remove(
        List.of(
            JobAttribute.JOB_ID,
            JobAttribute.USER_ID,
            JobAttribute.QUEUE_KEY,
            JobAttribute.SEQ,
            "exports"));
    json.setAll(figures);
    json.put("archived", isArchived);
    return json;
  }

  private boolean isArchived(JobProgress progress) {
    return progress.exports().stream()
        .limit(1)
        .flatMap(file -> bucket.get().storage(file.key()).stream())
        .anyMatch(storage -> storage.storageClass() != StorageClass.STANDARD);
  }
}
