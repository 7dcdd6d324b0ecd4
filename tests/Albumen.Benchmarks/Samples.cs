namespace Albumen.Benchmarks;

/// <summary>What a thing took, again and again. The median stands for it.</summary>
sealed class Samples
{
    readonly List<double> _milliseconds = [];

    public void Add(TimeSpan time) => _milliseconds.Add(time.TotalMilliseconds);

    public double Median => _milliseconds.Order().ElementAt(_milliseconds.Count / 2);
}
