package io.plotpalette.api.jobs;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.plotpalette.api.ApiClients;
import io.plotpalette.api.ApiConfig;
import io.plotpalette.api.TableThrottles;
import io.plotpalette.api.TransferBucket;
import io.plotpalette.api.TransferBucket.Storage;
import io.plotpalette.api.http.ApiContract;
import io.plotpalette.api.http.ApiHandler;
import io.plotpalette.api.http.ApiRequest;
import io.plotpalette.api.http.ApiResponse;
import io.plotpalette.api.http.Cursor;
import io.plotpalette.api.http.ETag;
import io.plotpalette.api.http.Idempotency;
import io.plotpalette.api.http.Json;
import io.plotpalette.api.http.PrimingRequest;
import io.plotpalette.api.http.ProblemException;
import io.plotpalette.api.http.ProblemType;
import io.plotpalette.api.http.RequestLog;
import io.plotpalette.api.http.Router;
import io.plotpalette.api.jobs.JobDraft.Checked;
import io.plotpalette.api.seeddata.SeedDataStore;
import io.plotpalette.api.seeddata.SeedFiles;
import io.plotpalette.api.tasks.TaskIds;
import io.plotpalette.api.templates.TemplateStore;
import io.plotpalette.model.IsoMillis;
import io.plotpalette.model.catalogue.ModelCatalogue;
import io.plotpalette.model.job.JobAttribute;
import io.plotpalette.model.job.JobJson;
import io.plotpalette.model.job.JobPaths;
import io.plotpalette.model.job.JobProgress.ExportedFile;
import io.plotpalette.model.template.GenerationEstimate;
import io.plotpalette.model.template.GenerationEstimate.StepEstimate;
import io.plotpalette.model.template.GenerationEstimate.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.crac.Core;
import software.amazon.awssdk.services.s3.model.StorageClass;

/** Serves the operations tagged {@code jobs}. */
public final class JobsHandler extends ApiHandler {
  /** Of a deletion, before the caller is asked to come again; the gateway waits for 30 s. */
  private static final Duration DELETING = Duration.ofSeconds(20);

  /** How long a file that was brought back can be downloaded. */
  private static final int RESTORED_DAYS = 7;

  private static final String JOBS = "/v1/jobs/";

  /** Binds a cursor to the list it was given out for. */
  private static final String LISTED_STATE = "state";

  /** In a cursor, of a list that is not filtered. */
  private static final String ANY_STATE = "any";

  private final Router router;
  private final JobStore store;
  private final Supplier<JobDraft.Sources> sources;
  private final Supplier<TransferBucket> bucket;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** For Lambda: configured by the environment. */
  public JobsHandler() {
    this(ApiConfig.read(System::getenv), new TableThrottles());
    Core.getGlobalContext().register(this);
  }

  private JobsHandler(ApiConfig config, TableThrottles throttles) {
    this(
        config,
        ApiClients.onLambda(config, throttles),
        InstantSource.system(),
        TaskIds.timeOrdered(),
        RequestLog.of("jobs", System::getenv, throttles::drain));
  }

  /**
   * @param ids new job ids: UUIDv7 in lower case
   */
  public JobsHandler(
      ApiConfig config, ApiClients clients, InstantSource clock, Supplier<String> ids) {
    this(config, clients, clock, ids, RequestLog.of("jobs", System::getenv, () -> 0));
  }

  private JobsHandler(
      ApiConfig config,
      ApiClients clients,
      InstantSource clock,
      Supplier<String> ids,
      RequestLog log) {
    super(PrimingRequest.get("/v1/jobs"));
    this.store = new JobStore(clients.dynamoDb(), config.datasets());
    this.bucket = clients.files();
    TemplateStore templates =
        new TemplateStore(clients.dynamoDb(), config.datasets().templatesTable());
    SeedDataStore seedData =
        new SeedDataStore(clients.dynamoDb(), config.datasets().seedDataTable());
    ModelCatalogue catalogue = ModelCatalogue.builtIn();
    this.sources =
        () ->
            new JobDraft.Sources(
                templates,
                seedData,
                new SeedFiles(bucket.get()),
                catalogue,
                config.datasets().region());
    this.clock = clock;
    this.ids = ids;
    this.router =
        Router.of(
                ApiContract.packaged(),
                "jobs",
                Map.of(
                    "createJob", this::create,
                    "listJobs", this::list,
                    "getJob", this::get,
                    "deleteJob", this::delete,
                    "listDownloads", this::downloads,
                    "restoreJob", this::restore))
            .with(new Idempotency(clients.dynamoDb(), config.idempotencyTable(), clock, ids))
            .with(log);
  }

  @Override
  protected Router router() {
    return router;
  }

  private ApiResponse create(ApiRequest request) {
    String jobId = request.ids(ids).next().get();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Checked checked =
        new JobDraft(sources.get(), request.userId(), request.body()).check(jobId, now);
    ObjectNode estimate = json(checked.estimate());
    if (request.queryText("dry_run").orElse("false").equals("true")) {
      ObjectNode body = Json.MAPPER.createObjectNode();
      body.set("estimate", estimate);
      return ApiResponse.json(200, body);
    }
    // If the id is taken, an earlier run of this request wrote the job; nobody else's can have it.
    store.add(checked.definition());
    return created(find(request.userId(), jobId), estimate);
  }

  private static ApiResponse created(Job job, ObjectNode estimate) {
    ObjectNode body = json(job);
    body.set("estimate", estimate);
    return ApiResponse.json(201, body)
        .withHeader("ETag", ETag.of(job.version()))
        .withHeader("Location", JOBS + job.definition().jobId());
  }

  private ApiResponse list(ApiRequest request) {
    Optional<String> state = request.queryText("state");
    Map<String, String> startAfter =
        request.queryText("cursor").map(cursor -> startAfter(cursor, state)).orElse(Map.of());
    JobStore.Page page =
        store.list(request.userId(), request.query("limit").orElseThrow().intValue(), startAfter);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    page.jobs().stream()
        .filter(job -> state.isEmpty() || job.progress().state().name().equals(state.get()))
        .forEach(job -> items.add(json(job)));
    if (!page.nextKey().isEmpty()) {
      body.put("next_cursor", cursor(page.nextKey(), state));
    }
    return ApiResponse.json(200, body);
  }

  private static String cursor(Map<String, String> key, Optional<String> state) {
    Map<String, String> bound = new HashMap<>(key);
    bound.put(LISTED_STATE, state.orElse(ANY_STATE));
    return Cursor.encode(bound);
  }

  private static Map<String, String> startAfter(String cursor, Optional<String> state) {
    Set<String> attributes = new HashSet<>(JobStore.LIST_KEY);
    attributes.add(LISTED_STATE);
    Map<String, String> key = Cursor.decode(cursor, attributes);
    if (!key.remove(LISTED_STATE).equals(state.orElse(ANY_STATE))) {
      throw ProblemException.invalidParameter("cursor", "is of a list with another state");
    }
    return key;
  }

  private ApiResponse get(ApiRequest request) {
    Job job = find(request);
    ApiResponse response =
        request.hasVersion(job.version())
            ? ApiResponse.notModified()
            : ApiResponse.json(200, json(job));
    return response.withHeader("ETag", ETag.of(job.version()));
  }

  /** A job that is not over is stopped; one that is over is deleted with all it left. */
  private ApiResponse delete(ApiRequest request) {
    Job job = find(request);
    String jobId = job.definition().jobId();
    if (!job.progress().state().isFinal()) {
      store.requestCancel(jobId, clock.instant().truncatedTo(ChronoUnit.MILLIS));
      return ApiResponse.json(202, json(find(request))).withHeader("Location", JOBS + jobId);
    }
    Instant deadline = clock.instant().plus(DELETING);
    BooleanSupplier hasTime = () -> clock.instant().isBefore(deadline);
    if (!bucket.get().deleteAll(JobPaths.job(jobId) + "/", hasTime)
        || !store.delete(jobId, hasTime)) {
      throw ProblemException.unavailable();
    }
    return ApiResponse.noContent();
  }

  private ApiResponse downloads(ApiRequest request) {
    List<ExportedFile> exports = exports(request);
    // They are moved and brought back together.
    if (exports.stream()
        .limit(1)
        .flatMap(file -> bucket.get().storage(file.key()).stream())
        .anyMatch(storage -> !isAtHand(storage))) {
      throw ProblemException.of(ProblemType.DATASET_ARCHIVED);
    }
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    ObjectNode body = Json.MAPPER.createObjectNode();
    ArrayNode items = body.putArray("items");
    for (ExportedFile file : exports) {
      ObjectNode item = items.addObject();
      item.put("format", file.format());
      item.put(
          "file", file.key().substring(file.key().indexOf("/exports/") + "/exports/".length()));
      item.put("bytes", file.bytes());
      item.put("sha256", file.sha256());
      item.put("records", file.records());
      item.put("download_url", bucket.get().downloadAddress(file.key()).toString());
    }
    body.put("download_expires_at", IsoMillis.format(now.plus(TransferBucket.ADDRESS_VALID)));
    return ApiResponse.json(200, body);
  }

  private ApiResponse restore(ApiRequest request) {
    boolean available = true;
    for (ExportedFile file : exports(request)) {
      Optional<Storage> storage = bucket.get().storage(file.key());
      if (storage.isPresent() && !isAtHand(storage.get())) {
        available = false;
        if (storage.get().restore() == null) {
          bucket.get().restore(file.key(), RESTORED_DAYS);
        }
      }
    }
    ObjectNode body = Json.MAPPER.createObjectNode();
    body.put("status", available ? "available" : "restoring");
    return ApiResponse.json(available ? 200 : 202, body);
  }

  /** Whether it can be read now: of the archives, two have to be asked first. */
  private static boolean isAtHand(Storage storage) {
    boolean needsRestore =
        storage.storageClass() == StorageClass.GLACIER
            || storage.storageClass() == StorageClass.DEEP_ARCHIVE;
    return !needsRestore
        || (storage.restore() != null && storage.restore().contains("ongoing-request=\"false\""));
  }

  private List<ExportedFile> exports(ApiRequest request) {
    Job job = find(request);
    if (!job.progress().state().isFinal()) {
      throw ProblemException.of(ProblemType.NOT_FINISHED);
    }
    return job.progress().exports();
  }

  private Job find(ApiRequest request) {
    return find(request.userId(), request.pathParameter(JobAttribute.JOB_ID));
  }

  private Job find(String userId, String jobId) {
    return store.find(userId, jobId).orElseThrow(() -> ProblemException.of(ProblemType.NOT_FOUND));
  }

  private static ObjectNode json(Job job) {
    ObjectNode json = JobJson.write(job.definition());
    json.remove(JobAttribute.USER_ID);
    ObjectNode progress = JobJson.write(job.progress());
    progress.remove(
        List.of(
            JobAttribute.USER_ID, JobAttribute.JOB_ID, JobAttribute.QUEUE_KEY, JobAttribute.SEQ));
    json.set("progress", progress);
    return json;
  }

  private static ObjectNode json(GenerationEstimate estimate) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("expected_usd", estimate.expected().toUsd());
    json.put("worst_case_usd", estimate.worstCase().toUsd());
    ArrayNode steps = json.putArray("by_step");
    for (StepEstimate step : estimate.steps()) {
      ObjectNode item = steps.addObject();
      item.put("step", step.stepId());
      item.put("model", step.model());
      item.set("expected", json(step.expected()));
      item.set("worst_case", json(step.worstCase()));
    }
    return json;
  }

  private static ObjectNode json(Usage usage) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("calls", usage.calls());
    json.put("tokens_in", usage.tokensIn());
    json.put("tokens_out", usage.tokensOut());
    json.put("cost_usd", usage.cost().toUsd());
    return json;
  }
}
