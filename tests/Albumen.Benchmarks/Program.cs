using Albumen.Benchmarks;

// Without a name all run, in this order.
(string Name, Func<Task> Run)[] benchmarks =
[
    ("propfind", PropfindBenchmark.RunAsync),
];

foreach (string name in args)
    if (!benchmarks.Any(b => b.Name == name))
    {
        Console.Error.WriteLine($"There is no benchmark '{name}'; there are: {string.Join(", ", benchmarks.Select(b => b.Name))}.");
        return 2;
    }
foreach ((string name, Func<Task> run) in benchmarks)
    if (args.Length == 0 || args.Contains(name)) await run();
return 0;
